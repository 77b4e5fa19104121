/** A thread that has used up its heap ends; whoever asked it is told, and the process lives. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)
const packageFolder = fileURLToPath(new URL('../', import.meta.url))
const program = `
  import { createHnswIndex } from '@image-recommender/index-hnsw'
  const options = { dimensions: 2, m: 2, efConstruction: 4 }
  const [index, other] = [await createHnswIndex(options), await createHnswIndex(options)]
  const vector = Float32Array.of(1, 2)
  const outcome = (promise) => promise.then(() => 'done', ({ name, code, message }) => [name, code, message])
  await other.write({ put: [{ id: 'a', vector, tags: [] }] })
  let put
  for (let round = 0; put === undefined || put === 'done'; round++) {
    const entries = Array.from({ length: 400 }, (_, at) => ({ id: round + '-' + at + 'x'.repeat(490), vector: Float32Array.of(round, at), tags: [round + '-' + at + 'y'.repeat(1000)] }))
    const outcomes = [index.write({ put: entries }), index.counts(), index.search({ vector, limit: 5 })].map(outcome)
    put = await outcomes[0]
    await Promise.all(outcomes)
  }
  const later = [index.search({ vector, limit: 1 }), index.counts(), index.position(), index.write({ put: [] }), index.save('/nowhere')]
  const after = await Promise.all(later.map(outcome))
  await index.close()
  const [match] = await other.search({ vector, limit: 1 })
  console.log(JSON.stringify([put, after, match.id]))`

it('an index that outgrows the memory of its thread fails every call, and another one goes on', async () => {
  // The limit that the process has, each of its threads has too.
  const flags = ['--max-old-space-size=40', '--input-type=module', '-e', program]
  const { stdout } = await run(process.execPath, flags, { cwd: packageFolder, timeout: 90_000 })
  const [put, after, id] = JSON.parse(stdout)
  expect(put).toEqual(['RecommenderError', 'INDEX_FAILED', expect.stringContaining('reaching memory limit')])
  expect(after).toEqual(Array(5).fill(put))
  expect(id).toBe('a')
}, 120_000)
