/** What works where no package was allowed to run a script: everything but the index that must be compiled, which says how. */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../workspace.js'
import { run } from './running.js'

const demo = join(root, 'tools/demo-model')

/** The command line has all that is native: it decodes, runs a model in a thread, and keeps records in an embedded PostgreSQL. */
export async function checkCommandLine(folder, node) {
  const photos = join(folder, 'photos')
  await mkdir(photos, { recursive: true })
  for (const number of ['003', '014', '017']) {
    const name = `airport-${number}.webp`
    await cp(join(demo, 'gallery', name), join(photos, name))
  }
  const settings = [
    '--json',
    '--model',
    join(demo, 'model/demo-mask-rcnn.onnx'),
    '--contract',
    join(demo, 'model/contract.json'),
  ]
  const program = join(folder, 'node_modules/image-recommender/dist/image-recommender.js')
  const command = async (...args) => JSON.parse(await run(node.path, [program, ...args, ...settings], { folder }))
  const { added, failed } = await command('ingest', 'photos')
  if (added !== 3 || failed.length > 0)
    throw new Error(`ingest has added ${added} of 3 images, in Node ${node.version}.`)
  const page = await command('similar', 'airport-014.webp')
  if (page.items.length === 0) throw new Error(`nothing is similar, in Node ${node.version}.`)
  await rm(join(folder, '.image-recommender'), { recursive: true })
}

export async function checkHnswAdvice(folder, node) {
  await writeFile(
    join(folder, 'hnsw.mjs'),
    `import { createHnswIndex } from '@image-recommender/index-hnsw'
    await createHnswIndex({ dimensions: 3 }).then(() => console.log('It works.'), ({ code, message }) => console.log(code, message))`,
  )
  const said = await run(node.path, ['hnsw.mjs'], { folder })
  if (!/^INDEX_FAILED .*npm rebuild .*pnpm add .*--allow-build=hnswlib-node/s.test(said))
    throw new Error(`createHnswIndex, whose addon was not compiled, does not say how to: ${said}`)
}
