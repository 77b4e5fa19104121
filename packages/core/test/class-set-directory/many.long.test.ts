import { describe, expect, it } from 'vitest'
import { trueDistance } from '../../src/testing/brute-force.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { compareUtf8 } from '../../src/utf8-order.ts'
import { IndexedMap } from './indexed-map.ts'

const DIMENSIONS = 30
const MEMBERS = 6000

describe.each(['euclidean', 'cosine'] as const)('thousands of members, by %s distance', (metric) => {
  it('are fetched only where they may be near, and nothing near is left out, by another process too', async () => {
    const random = seededRandom(3)
    const index = new IndexedMap(DIMENSIONS, metric)
    const members = Array.from({ length: MEMBERS }, (_, at) => ({ id: String(at), vector: vectorOf(random), tags: [] }))
    await index.write({ put: members })
    let asked = 0
    for (const restart of [undefined, 'untold', 'told'] as const) {
      if (restart) index.restart(restart === 'told')
      for (let query = 0; query < 60; query++) {
        const vector = vectorOf(random)
        const limit = [1, 10, 100][query % 3]!
        const truth = members
          .map(({ id, vector: other }) => ({ id, distance: trueDistance(metric, vector, other) }))
          .sort((a, b) => a.distance - b.distance || compareUtf8(a.id, b.id))
        const first = await index.search({ vector, limit })
        expect(first.map(({ id, distance }) => ({ id, distance }))).toEqual(truth.slice(0, limit))
        const second = await index.search({ vector, limit, after: first.at(-1)! })
        expect(second.map(({ id }) => id)).toEqual(truth.slice(limit, 2 * limit).map(({ id }) => id))
        asked += 2
      }
    }
    expect(index.fetched / asked / MEMBERS).toBeLessThan(0.5)
  }, 120_000)
})

it('of thousands at one point only the first by their ids are fetched', async () => {
  const random = seededRandom(4)
  const index = new IndexedMap(3, 'cosine')
  const members = Array.from({ length: 5000 }, (_, at) => {
    const vector = Float32Array.of(0, (at % 100 === 0 ? -1 : 1) * (1 - 0.3 * random()), 0)
    return { id: String(at), vector, tags: [] }
  })
  await index.write({ put: members })
  for (const vector of [Float32Array.of(0, 0.9, 0), Float32Array.of(0.8, 0, 0), Float32Array.of(0, 0, 0)]) {
    const truth = members
      .map(({ id, vector: other }) => ({ id, distance: trueDistance('cosine', vector, other) }))
      .sort((a, b) => a.distance - b.distance || compareUtf8(a.id, b.id))
    const before = index.fetched
    const found = await index.search({ vector, limit: 10 })
    expect(found.map(({ id, distance }) => ({ id, distance }))).toEqual(truth.slice(0, 10))
    expect(index.fetched - before).toBeLessThan(500)
  }
})

/** Up to 5 classes, low axes more often; one of ten has values that no detector gives, of which some are below 0. */
function vectorOf(random: () => number): Float32Array {
  const vector = new Float32Array(DIMENSIONS)
  const isOdd = random() < 0.1
  const classes = 1 + Math.floor(random() * 5)
  for (let n = 0; n < classes; n++) {
    const axis = Math.floor(random() ** 3 * DIMENSIONS)
    vector[axis] = isOdd ? 4 * random() - 2 : 1 - 0.3 * random() ** 4
  }
  return vector
}
