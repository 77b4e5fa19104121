import { dimensions } from '../coco-like.js'
import { exactIndexEntry } from '../exact-index.js'
import { idOf } from '../ids.js'
import { measureHere } from '../measure-here.js'
import { measureSnapshot } from '../snapshot.js'
import { measureWrites } from '../writes.js'

// As many as a store's feed brings at a time.
const batchSize = 1000

export async function missing() {
  await exactIndexEntry()
}

export async function measureEngine(job) {
  const { createExactIndex } = await exactIndexEntry()
  const index = createExactIndex({ dimensions, metric: job.metric })
  const result = await measureHere(job, { ...engine(index, job.ids), exact: true })
  result.snapshot = await measureSnapshot(job, index)
  result.writes = await measureWrites(job, index)
  await index.close()
  return result
}

function engine(index, ids) {
  // An index copies what it keeps, so that one batch of arrays serves for all.
  const vectors = Array.from({ length: batchSize }, () => new Float32Array(dimensions))
  return {
    settings: `exact; ids are ${ids}`,
    async add(dense, first, count) {
      let seconds = 0
      for (let from = 0; from < count; from += batchSize) {
        const entries = vectors.slice(0, Math.min(batchSize, count - from)).map((vector, at) => {
          vector.set(dense.subarray((from + at) * dimensions, (from + at + 1) * dimensions))
          return { id: idOf(first + from + at, ids), vector, tags: [] }
        })
        const start = performance.now()
        await index.write({ put: entries })
        seconds += (performance.now() - start) / 1000
      }
      return seconds
    },
    prepare: (query) => query,
    search: (vector, limit) => index.search({ vector, limit }),
    distances: (matches) => Float64Array.from(matches, ({ distance }) => distance),
    memory: () => index.memory(),
  }
}
