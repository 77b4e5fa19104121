import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { createExactIndex } from '../../src/exact-index/index.ts'
import type { Filter, IndexEntry, Metric } from '../../src/similarity-index.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { IndexBesideModel } from './support/index-beside-model.ts'

/** The rare axes first, so that the order of axes in the tries is another one when it has been learnt, at 4,096 vectors. */
const DIMENSIONS = 40
const METRICS: readonly Metric[] = inFull ? ['euclidean', 'cosine'] : ['cosine']
const ROUNDS = 9
const PUT_A_ROUND = 1000
const DELETED_A_ROUND = 300

const folder = mkdtempSync(join(tmpdir(), 'exact-index-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(METRICS)('thousands of class sets, by %s distance', (metric) => {
  it('answers like a comparison with every vector, before and after the order of axes is learnt', async () => {
    const random = seededRandom(7)
    const both = new IndexBesideModel(DIMENSIONS, metric)
    for (let round = 0; round < ROUNDS; round++) {
      await both.put(Array.from({ length: PUT_A_ROUND }, () => entryOf(random)))
      await ask(both, random)
      const ids = [...both.model.entries.keys()]
      await both.delete(Array.from({ length: DELETED_A_ROUND }, () => ids[Math.floor(random() * ids.length)]!))
      await ask(both, random)
      if (round === 6) await both.reopen(join(folder, metric))
    }
    // What grew together is taken apart again.
    for (let left = [...both.model.entries.keys()]; left.length > 0; left = [...both.model.entries.keys()]) {
      await both.delete(left.filter((_, at) => at < 40 || at % 2 === 0))
      await ask(both, random)
    }
  }, 120_000)
})

it('finds a set whose only sibling, which had higher scores, has gone', async () => {
  const index = createExactIndex({ dimensions: 5, metric: 'euclidean' })
  const entry = (id: string, vector: number[]) => ({ id, vector: Float32Array.from(vector), tags: [] })
  await index.write({ put: [entry('gone', [0.9, 0.9, 0.9, 0, 0]), entry('near', [0.9, 0.9, 0, 0.1, 0])] })
  await index.write({ put: [entry('far', [0.9, 0.5, 0, 0, 0])] })
  await index.write({ delete: ['gone'] })
  const [nearest] = await index.search({ vector: Float32Array.of(0.9, 0.9, 0, 0, 0), limit: 1 })
  expect(nearest?.id).toBe('near')
})

async function ask(both: IndexBesideModel, random: () => number): Promise<void> {
  const axis = () => Math.floor(Math.sqrt(random()) * DIMENSIONS)
  const filters: Filter[] = [{}, { axes: { all: [{ axis: axis() }, { axis: axis(), atLeast: 0.8 }] } }]
  filters.push({ axes: { all: [{ axis: axis() }, { axis: axis() }, { axis: axis() }], none: [{ axis: axis() }] } })
  for (const where of filters) {
    for (const limit of [1, 30]) {
      await both.expectSameAnswers(Array.from({ length: 4 }, () => ({ vector: vectorOf(random), limit, where })))
    }
    await both.expectSameCounts(where)
  }
}

function entryOf(random: () => number): IndexEntry {
  return { id: String(Math.floor(random() * 20_000)), vector: vectorOf(random), tags: [] }
}

/** Up to 9 classes, those of high axes more often. */
function vectorOf(random: () => number): Float32Array {
  const vector = new Float32Array(DIMENSIONS)
  const classes = Math.floor(random() ** 2 * 10)
  for (let n = 0; n < classes; n++) vector[Math.floor(Math.sqrt(random()) * DIMENSIONS)] = 0.7 + 0.3 * random()
  return vector
}
