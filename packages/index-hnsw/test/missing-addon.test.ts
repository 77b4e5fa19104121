/** The package as it is where hnswlib-node, an optional dependency, could not be compiled or was left out. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { testFolder } from './support/folder.ts'

const run = promisify(execFile)
const packageFolder = fileURLToPath(new URL('../', import.meta.url))

const program = `
  import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'
  import { RecommenderError } from '@image-recommender/core'
  const failureOf = (promise) => promise.catch((error) => [RecommenderError.is(error), error.code, error.message])
  console.log(JSON.stringify([
    await failureOf(createHnswIndex({ dimensions: 3 })),
    await failureOf(openHnswIndex('/nowhere', { dimensions: 3 })),
  ]))`

it.each([
  ['hnswlib-node is not installed', false],
  ['hnswlib-node is installed but was not compiled', true],
])(
  'says that %s, and the process ends by itself',
  async (what, isInstalled) => {
    const { folder } = testFolder()
    const own = join(folder, 'node_modules', '@image-recommender', 'index-hnsw')
    mkdirSync(own, { recursive: true })
    for (const name of ['dist', 'package.json']) cpSync(join(packageFolder, name), join(own, name), { recursive: true })
    symlinkSync(join(packageFolder, '../core'), join(folder, 'node_modules', '@image-recommender', 'core'))
    symlinkSync(join(packageFolder, 'node_modules/zod'), join(folder, 'node_modules', 'zod'))
    if (isInstalled) copyUncompiled(join(folder, 'node_modules'))
    const flags = ['--input-type=module', '-e', program]
    const { stdout, stderr } = await run(process.execPath, flags, { cwd: folder, timeout: 20_000 })
    for (const [is, code, message] of JSON.parse(stdout)) {
      expect([is, code]).toEqual([true, 'INDEX_FAILED'])
      expect(message).toContain(what)
      expect(message).toContain('npm rebuild --ignore-scripts=false hnswlib-node')
      expect(message).toContain('pnpm add --force --ignore-scripts=false --allow-build=hnswlib-node')
    }
    expect(stderr).toBe('')
  },
  30_000,
)

function copyUncompiled(modules: string): void {
  const addon = realpathSync(join(packageFolder, 'node_modules/hnswlib-node'))
  for (const name of ['package.json', 'lib'])
    cpSync(join(addon, name), join(modules, 'hnswlib-node', name), { recursive: true })
  const bindings = createRequire(join(addon, 'package.json')).resolve('bindings/package.json')
  symlinkSync(dirname(bindings), join(modules, 'bindings'))
}
