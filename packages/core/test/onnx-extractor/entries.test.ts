/** Each entry that runs models, of the built package: in ES modules and CommonJS its worker is found, and what is missing is named. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { colorContract } from '../detr/color-contract.ts'
import { colorDetector } from '../detr/color-detector.ts'
import { demoEncoder } from '../embedding/demo.ts'
import { demoContract, demoModel } from '../mask-rcnn/demo.ts'
import { busy } from './images.ts'

const packageFolder = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

let folder: string
let image: string
const detector = { model: '', contract: colorContract }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entries-'))
  image = join(folder, 'image.png')
  detector.model = join(folder, 'colors.onnx')
  await writeFile(detector.model, colorDetector(5, 3).file)
  await writeFile(image, await busy(50, 40).png().toBuffer())
})
afterAll(() => rm(folder, { recursive: true }))

describe.each([
  [
    'mask-rcnn',
    'createMaskRcnnExtractor',
    { model: fileURLToPath(demoModel), contract: demoContract },
    /^81 demo-mask-rcnn\/81d1a260\/256\n$/,
  ],
  ['detr', 'createDetrExtractor', detector, /^4 colors\/[0-9a-f]{8}\/64\n$/],
  ['embedding', 'createEmbeddingExtractor', demoEncoder, /^80 demo-encoder\/d7288377\/256\n$/],
] as const)('%s', (entry, factory, options, said) => {
  it.each([
    ['ESM', ['--input-type=module'], `import { ${factory} } from '@image-recommender/core/${entry}'`],
    ['CommonJS', [], `const { ${factory} } = require('@image-recommender/core/${entry}')`],
  ])('%s: works, writes nothing else, and ends without close()', async (_, flags, load) => {
    const program = `
      ${load}
      async function main() {
        const { readFile } = await import('node:fs/promises')
        const extractor = await ${factory}(${JSON.stringify(options)})
        const { vector } = await extractor.extract(await readFile(process.argv[1]))
        console.log(vector.length, extractor.space.id)
      }
      main()`
    const { stdout, stderr } = await run(process.execPath, [...flags, '-e', program, image], {
      cwd: packageFolder,
      timeout: 20_000,
    })
    expect(stdout).toMatch(said)
    expect(stderr).toBe('')
  })

  const itForOne = it.runIf(inFull || entry === 'mask-rcnn')
  itForOne('without sharp or onnxruntime-node: says which package to install', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'bare-'))
    const modules = join(bare, 'node_modules')
    await mkdir(modules, { recursive: true })
    await cp(join(packageFolder, 'dist'), join(bare, 'dist'), { recursive: true })
    await writeFile(join(bare, 'package.json'), '{ "type": "module" }')
    const link = (name: string) => symlink(join(packageFolder, 'node_modules', name), join(modules, name))
    await link('zod')
    await link('@bufbuild')
    const attempt = `
      import { ${factory} } from './dist/${entry}.js'
      await ${factory}(${JSON.stringify(options)}).catch(({ code, message }) => console.log(code, message))`
    const outcome = async () =>
      (await run(process.execPath, ['--input-type=module', '-e', attempt], { cwd: bare })).stdout
    expect(await outcome()).toMatch(
      /^EXTRACTOR_FAILED The package sharp is not installed.*npm install sharp@\^0\.35\.0/,
    )
    await link('sharp')
    expect(await outcome()).toMatch(
      /^EXTRACTOR_FAILED The package onnxruntime-node is not installed.*npm install onnxruntime-node@/,
    )
    await rm(bare, { recursive: true })
  })
})
