/** The extractor of the built package, in programs of their own: how they begin, and how they end. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { demoContract, demoModel, gallery } from './demo.ts'

const packageFolder = fileURLToPath(new URL('../../', import.meta.url))
const demo = { model: fileURLToPath(demoModel), contract: demoContract }
const run = promisify(execFile)
const program = (load: string) => `
  ${load}
  const { readFile } = ${load.startsWith('import') ? "await import('node:fs/promises')" : "require('node:fs/promises')"}
  async function main() {
    const extractor = await createMaskRcnnExtractor(${JSON.stringify(demo)})
    const { objects } = await extractor.extract(await readFile(process.argv[1]))
    console.log(objects.length > 0, extractor.space.id)
  }
  main()`
const image = fileURLToPath(new URL(`../../../../tools/demo-model/gallery/${gallery[0]!.name}`, import.meta.url))

it.each([
  ['ESM', ['--input-type=module'], "import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'"],
  [
    'ESM, spelled differently',
    ['--input-type', 'module'],
    "import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'",
  ],
  [
    'ESM, with a flag that workers may not be given',
    ['--input-type=module', '--max-old-space-size=2000'],
    "import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'",
  ],
  [
    'CommonJS, with a flag that workers may not be given',
    ['--max-old-space-size=2000'],
    "const { createMaskRcnnExtractor } = require('@image-recommender/core/mask-rcnn')",
  ],
  ['CommonJS', [], "const { createMaskRcnnExtractor } = require('@image-recommender/core/mask-rcnn')"],
])('%s: works, writes nothing else, and ends without close()', async (_, flags, load) => {
  const { stdout, stderr } = await run(process.execPath, [...flags, '-e', program(load), image], {
    cwd: packageFolder,
    timeout: 20_000,
  })
  expect(stdout).toBe('true demo-mask-rcnn/81d1a260/256\n')
  expect(stderr).toBe('')
})

it('ends without close() also when it never described anything', async () => {
  const idle = `
    import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
    const { space } = await createMaskRcnnExtractor(${JSON.stringify(demo)})
    console.log(space.id)`
  const ended = run(process.execPath, ['--input-type=module', '-e', idle], { cwd: packageFolder, timeout: 15_000 })
  expect((await ended).stdout).toBe('demo-mask-rcnn/81d1a260/256\n')
})

it('can be closed at any moment: amid a run too, which would abort the process if its thread were stopped', async () => {
  const closing = `
    import { readFileSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
    const bytes = readFileSync(process.argv[1])
    for (const milliseconds of [0, 5, 15, 30, 60, 100]) {
      const extractor = await createMaskRcnnExtractor(${JSON.stringify(demo)})
      const calls = Array.from({ length: 6 }, () => extractor.extract(bytes).then(() => 'done', ({ code }) => code))
      await setTimeout(milliseconds)
      await extractor.close()
      const outcomes = new Set(await Promise.all(calls))
      outcomes.delete('done')
      console.log(...outcomes)
    }`
  const options = { cwd: packageFolder, timeout: 60_000 }
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', closing, image], options)
  const [atOnce, ...later] = stdout.split('\n').slice(0, -1)
  expect(atOnce).toBe('CLOSED')
  expect(later).toHaveLength(5)
  for (const outcomes of later) expect(['CLOSED', '']).toContain(outcomes)
}, 60_000)
