import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createExactIndex, type ExactIndex, openExactIndex } from '../../src/exact-index/index.ts'
import type { IndexEntry } from '../../src/similarity-index.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { seededVectors } from '../../src/testing/seeded-vectors.ts'

const MANY = 50_000
const metrics = ['euclidean', 'cosine'] as const
const ids = Array.from({ length: MANY }, (_, at) => `image-${at}`)
const like = {
  'those of a detector': (seed: number) => seededVectors({ count: MANY, seed }),
  'all of one set': (seed: number) => vectorsOf(seed, (_, n) => 7 * n),
  'of many sets': (seed: number) => vectorsOf(seed, (random) => Math.floor(81 * random())),
}
const loads = Object.entries(like)

describe.each(metrics)('memory of an index by %s distance', (metric) => {
  it.each(loads)('is given back when all have left: vectors %s', async (_, vectors) => {
    const index = createExactIndex({ dimensions: 81, metric })
    const empty = index.memory()
    await index.write({ put: entriesOf(vectors(1)) })
    expect(index.memory().images).toBe(MANY)
    expect(bytesOf(index)).toBeGreaterThan(16 * MANY)
    await index.write({ delete: ids })
    expect(index.memory()).toEqual(empty)
  })

  it.each(loads)('does not grow by what comes and goes: vectors %s', async (_, vectors) => {
    const index = createExactIndex({ dimensions: 81, metric })
    const entries = entriesOf(vectors(2)).slice(0, 10_000)
    await index.write({ put: entries.slice(0, 1000) })
    const coming = entries.slice(1000)
    const held: number[] = []
    for (let round = 0; round < 20; round++) {
      await index.write({ put: coming })
      await index.write({ delete: coming.map(({ id }) => id) })
      held.push(bytesOf(index))
    }
    expect(index.memory().images).toBe(1000)
    expect(Math.max(...held.slice(10))).toBeLessThan(1.25 * Math.max(...held.slice(0, 10)))
  })

  it.each(loads)('is at most doubled by vectors that change: %s', async (_, vectors) => {
    const index = createExactIndex({ dimensions: 81, metric })
    const entries = entriesOf(vectors(3))
    await index.write({ put: entries.slice(0, 10_000) })
    const atFirst = bytesOf(index)
    for (let round = 1; round < 20; round++) {
      const changed = entries.slice(0, 10_000).map((entry, at) => {
        const { vector } = entries[(at + 2000 * round) % MANY]!
        return { ...entry, vector }
      })
      await index.write({ put: changed })
    }
    expect(index.memory().images).toBe(10_000)
    expect(bytesOf(index)).toBeLessThan(2 * atFirst)
  })
})

it.each(metrics)(
  'what 95 out of 100 members of a large set held is mostly given back, by %s distance',
  async (metric) => {
    const random = seededRandom(5)
    const index = createExactIndex({ dimensions: 81, metric })
    await index.write({ put: entriesOf(like['all of one set'](1)) })
    const full = index.memory().bytes
    await index.write({ delete: ids.filter(() => random() < 0.95) })
    expect(index.memory().images).toBeLessThan(0.06 * MANY)
    expect(index.memory().bytes.index).toBeLessThan(0.5 * full.index)
    expect(index.memory().bytes.ids).toBeLessThan(0.3 * full.ids)
  },
)

it('what was free before a snapshot is used again after it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'exact-index-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const random = seededRandom(8)
  const entries = entriesOf(like['of many sets'](9)).slice(0, 10_000)
  const index = createExactIndex({ dimensions: 81 })
  await index.write({ put: entries })
  await index.write({ delete: ids.filter(() => random() < 0.9) })
  await index.save(join(folder, 'index'))
  const opened = await openExactIndex(join(folder, 'index'), { dimensions: 81 })
  expect(bytesOf(opened)).toBeLessThanOrEqual(bytesOf(index))
  await index.write({ put: entries })
  await opened.write({ put: entries })
  expect(bytesOf(opened)).toBeLessThan(1.1 * bytesOf(index))
  const empty = createExactIndex({ dimensions: 81 }).memory()
  await opened.write({ delete: ids })
  expect(opened.memory()).toEqual(empty)
})

it('the memory of dense vectors that leave is given back', async () => {
  const random = seededRandom(6)
  const dense = Array.from({ length: 1000 }, () => Float32Array.from({ length: 256 }, () => random() - 0.5))
  const index = createExactIndex({ dimensions: 256 })
  const empty = index.memory()
  for (let round = 0; round < 3; round++) {
    await index.write({ put: entriesOf(dense) })
    expect(index.memory().bytes.index).toBeGreaterThan(1000 * 256 * 4)
    await index.write({ delete: ids.slice(0, 1000) })
    expect(index.memory()).toEqual(empty)
  }
})

it('memory is what the process holds', async () => {
  setFlagsFromString('--expose_gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const index = createExactIndex({ dimensions: 81 })
  const vectors = like['of many sets'](7)
  const held = () => {
    // What the first one finds is freed behind its back, unless another one follows.
    collectGarbage()
    collectGarbage()
    return process.memoryUsage().arrayBuffers
  }
  const before = held()
  await index.write({ put: entriesOf(vectors) })
  const difference = held() - before
  expect(bytesOf(index) / difference).toBeGreaterThan(0.8)
  expect(bytesOf(index) / difference).toBeLessThan(1.25)
  await index.close()
  expect(held() - before).toBeLessThan(0.2 * difference)
  // Until here, so that they are no part of the difference.
  expect(vectors).toHaveLength(MANY)
})

function bytesOf(index: ExactIndex): number {
  const { bytes } = index.memory()
  return bytes.index + bytes.ids
}

function entriesOf(vectors: readonly Float32Array[]): IndexEntry[] {
  return vectors.map((vector, at) => ({ id: ids[at]!, vector, tags: at % 5 === 0 ? ['fifth'] : [] }))
}

/** Four classes each. */
function vectorsOf(seed: number, axis: (random: () => number, n: number) => number): Float32Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: MANY }, () => {
    const vector = new Float32Array(81)
    for (let n = 0; n < 4; n++) vector[axis(random, n)] = 0.7 + 0.3 * random()
    return vector
  })
}
