/**
 * Runs where no file may grow beyond some hundred kilobytes, which to a program is like a full disk: what fits is
 * written, then a write fails, or in hnswlib's case does not say so. Saves a small index, then it grown so that
 * hnswlib's own file does not fit, then so that ours does not; prints what came of it.
 */
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'

const [, , path = ''] = process.argv
// Many links to few values: of such an index, the graph takes five times as much room as the vectors.
const options = { dimensions: 64, m: 128, efConstruction: 8, metric: /** @type {const} */ ('euclidean') }
const index = await createHnswIndex(options)

/** @param {number} from @param {number} to */
const entries = (from, to) =>
  Array.from({ length: to - from }, (_, at) => ({
    id: String(from + at),
    vector: Float32Array.from({ length: 64 }, (_, axis) => ((from + at) * 31 + axis * 17) % 97),
    tags: [],
  }))
const opened = async () => {
  const saved = await openHnswIndex(path, options)
  const now = [await saved.position(), (await saved.counts()).total]
  await saved.close()
  return now
}
/** @type {unknown[]} */
const failures = []
const failing = () => index.save(path).catch(({ name, code, message }) => failures.push({ name, code, message }))

await index.write({ put: entries(0, 50) }, { from: undefined, to: 'small' })
await index.save(path)
await index.write({ put: entries(50, 600) }, { from: 'small', to: 'grown' })
await failing()
const afterFailure = await opened()
await index.write({ put: entries(600, 5000) }, { from: 'grown', to: 'large' })
await failing()
await failing()
const files = readdirSync(dirname(path))
await index.write({ delete: entries(0, 5000).map(({ id }) => id) }, { from: 'large', to: 'emptied' })
const total = (await index.counts()).total
await index.close()
console.log(JSON.stringify({ failures, afterFailure, files, total }))
