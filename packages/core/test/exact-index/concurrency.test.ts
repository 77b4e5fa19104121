import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { distanceOf } from '../../src/distance.ts'
import { createExactIndex, type ExactIndex, openExactIndex } from '../../src/exact-index/index.ts'
import type { IndexEntry, Match, Metric, SearchRequest } from '../../src/similarity-index.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { seededVectors } from '../../src/testing/seeded-vectors.ts'
import { IndexBesideModel } from './support/index-beside-model.ts'
import { byPlace } from './support/model-index.ts'
import { ObservedIndex } from './support/observed-index.ts'
import { expectSame } from './support/same-matches.ts'
import { nextTurn, slowDownTheClock } from './support/slow-clock.ts'

const DIMENSIONS = 40
const IDS = 500
const MANY = 1000

beforeEach(slowDownTheClock)
afterEach(() => {
  vi.restoreAllMocks()
})

describe.each(['euclidean', 'cosine'] as const)('amid writes, by %s distance,', (metric) => {
  it('every answer is that of one moment', async () => {
    const observed = new ObservedIndex(createExactIndex({ dimensions: DIMENSIONS, metric }))
    const entries = mixedEntries(1500)
    const ids = entries.map((entry) => entry.id)
    const writing = Promise.all([
      observed.put(entries.slice(0, 700)),
      observed.delete(ids.slice(100, 300)),
      observed.put(entries.slice(700, 900)),
      observed.put([entries[900]!]),
      observed.put(entries.slice(901)),
      observed.delete(ids.slice(900, 1100)),
      observed.put(entries.slice(0, 300)),
    ])
    let isWriting = true
    const written = writing.finally(() => {
      isWriting = false
    })
    const [first, second, third] = entries as [IndexEntry, IndexEntry, IndexEntry]
    const requests: SearchRequest[] = [
      { vector: first.vector, limit: 20 },
      { vector: second.vector, limit: IDS + 1 },
      { vector: third.vector, limit: 20, where: { tags: { all: ['rare'] }, exclude: [second.id] } },
    ]
    const asking = requests.map(async (request) => {
      while (isWriting) {
        await observed.search(request)
        await observed.count({ tags: { none: ['rare'] } })
        await nextTurn()
      }
    })
    await Promise.all([written, ...asking])

    const moments = new Set<number>()
    for (const answer of observed.answers) {
      expectTrueAndInOrder(metric, answer.request, answer.matches)
      const moment = observed.momentOfAnswer(answer)
      expect(moment, `${answer.matches.length} matches`).toBeGreaterThanOrEqual(answer.from)
      moments.add(moment)
    }
    for (const counts of observed.counts) {
      expect(observed.momentOfCounts(counts), `${counts.total} counted`).toBeGreaterThanOrEqual(counts.from)
    }
    // Else this would not have been about what happens amid writes.
    expect(moments.size).toBeGreaterThan(20)
  })

  it('searches that pause do not disturb each other', async () => {
    const both = new IndexBesideModel(1024, metric)
    const random = seededRandom(7)
    const dense = Array.from({ length: 900 }, () => Float32Array.from({ length: 1024 }, () => random() - 0.5))
    const sparse = seededVectors({ count: 900, seed: 8, dimensions: 1024 })
    await both.put([...dense, ...sparse].map((vector, at) => ({ id: String(at), vector, tags: [] })))
    const requests = [...dense.slice(0, 6), ...sparse.slice(0, 6)].map((vector) => ({ vector, limit: 50 }))
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(requests.map((request) => both.index.search(request)))
      for (const [at, request] of requests.entries()) expectSame(answers[at]!, both.model.search(request))
    }
  })
})

describe('what takes long', () => {
  it.each([
    ['a search', (index: ExactIndex) => index.search({ vector: everywhere(), limit: MANY })],
    ['a count', (index: ExactIndex) => index.counts({ tags: { any: ['rare'] } })],
  ])('leaves the event loop to others: %s', async (_, ask) => {
    const { index } = await filledIndex()
    let turns = 0
    let isAsking = true
    const asking = ask(index).finally(() => {
      isAsking = false
    })
    while (isAsking) {
      await nextTurn()
      turns++
    }
    await asking
    expect(turns).toBeGreaterThan(2)
  })

  it('is not written into: a search', async () => {
    const { index, entries } = await filledIndex()
    const order: string[] = []
    const searching = index.search({ vector: everywhere(), limit: MANY + 1 })
    const deleting = index.write({ delete: entries.map(({ id }) => id) })
    await Promise.all([searching.then(() => order.push('found')), deleting.then(() => order.push('deleted'))])
    expect(await searching).toHaveLength(MANY)
    expect(order).toEqual(['found', 'deleted'])
  })
})

describe('nobody waits for ever:', () => {
  it('writes end while searches keep coming', async () => {
    const { index, entries } = await filledIndex()
    let isWritten = false
    let searches = 0
    // Of different lengths, so that there is always one that has not ended.
    const searching = [MANY, 300, 40].map(async (limit) => {
      while (!isWritten && searches++ < 3000) await index.search({ vector: everywhere(), limit })
    })
    const writing = index.write({ put: entries.slice(0, 500).map((entry) => ({ ...entry, tags: ['new'] })) })
    await Promise.race([
      writing.then(() => {
        isWritten = true
      }),
      Promise.all(searching),
    ])
    expect(isWritten, `after ${searches} searches`).toBe(true)
    await Promise.all([writing, ...searching])
    expect((await index.counts({ tags: { all: ['new'] } })).total).toBe(500)
  })

  it('searches end while writes keep coming', async () => {
    const { index, entries } = await filledIndex()
    let isFound = false
    let writes = 0
    const writing = [0, 1, 2].map(async (nth) => {
      while (!isFound && writes++ < 3000) await index.write({ put: entries.slice(50 * nth, 50 * nth + 50) })
    })
    const searching = index.search({ vector: everywhere(), limit: MANY })
    await Promise.race([
      searching.then(() => {
        isFound = true
      }),
      Promise.all(writing),
    ])
    expect(isFound, `after ${writes} writes`).toBe(true)
    await Promise.all([searching, ...writing])
  })
})

describe('position', () => {
  it('is that of a write when all of it is in, not before', async () => {
    const index = createExactIndex({ dimensions: DIMENSIONS })
    const entries = mixedEntries(IDS)
    let isWriting = true
    const writing = Promise.all([
      index.write({ put: entries }, { from: undefined, to: 'all are in' }),
      index.write({ delete: entries.slice(0, 500).map(({ id }) => id) }, { from: 'all are in', to: 'some are out' }),
      index.write({ put: entries.slice(0, 200) }),
    ]).finally(() => {
      isWriting = false
    })
    const totals: Record<string, number[]> = { undefined: [], 'all are in': [], 'some are out': [] }
    while (isWriting) {
      const [position, { total }] = await Promise.all([index.position(), index.counts()])
      totals[String(position)]!.push(total)
      await nextTurn()
    }
    await writing
    expect(await index.position()).toBe('some are out')
    expect(totals.undefined).toEqual([...totals.undefined!].sort((a, b) => a - b))
    expect(totals.undefined!.length).toBeGreaterThan(20)
    expect(totals['all are in']).toEqual([...totals['all are in']!].sort((a, b) => b - a))
    expect(totals['all are in']![0]).toBeGreaterThan(IDS - 50)
    expect(totals['some are out']).toEqual([...totals['some are out']!].sort((a, b) => a - b))
    expect(totals['some are out']![0]).toBeLessThan(IDS - 500 + 50)
  })
})

describe('save', () => {
  it('keeps what was written before it, nothing that came later', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exact-index-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const { index, entries } = await filledIndex()
    const path = join(folder, 'index')
    const [earlier, later] = [entries.slice(0, 300), entries.slice(300, 600)]
    const searching = index.search({ vector: everywhere(), limit: MANY })
    const writes = [
      index.write({ delete: earlier.map(({ id }) => id) }, { from: undefined, to: 'earlier' }),
      index.save(path),
      index.write({ delete: later.map(({ id }) => id) }, { from: 'earlier', to: 'later' }),
    ]
    await Promise.all(writes)
    expect(await searching).toHaveLength(MANY)
    expect([(await index.counts()).total, await index.position()]).toEqual([MANY - 600, 'later'])
    const saved = await openExactIndex(path, { dimensions: DIMENSIONS, metric: 'euclidean' })
    expect([(await saved.counts()).total, await saved.position()]).toEqual([MANY - 300, 'earlier'])
  })
})

describe('close', () => {
  it('lets everything end that has begun', async () => {
    const { index, entries } = await filledIndex()
    const begun = [
      index.search({ vector: everywhere(), limit: MANY }),
      index.counts({ tags: { any: ['rare'] } }),
      index.write({ delete: entries.map(({ id }) => id) }, { from: undefined, to: 'p:1' }),
      index.write({ put: entries }, { from: 'p:1', to: 'p:2' }),
      index.search({ vector: everywhere(), limit: MANY }),
    ]
    await nextTurn()
    await index.close()
    for (const end of await Promise.allSettled(begun)) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'CLOSED' })
    }
    // Nobody will free what is put into a closed index.
    expect(index.memory().images).toBe(0)
  })

  it('does not let a save that waits for its turn write an empty index', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exact-index-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const { index, entries } = await filledIndex()
    const path = join(folder, 'index')
    await index.save(path)
    const begun = [index.write({ put: entries.slice(0, 100) }), index.save(path)]
    await index.close()
    for (const end of await Promise.allSettled(begun)) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'CLOSED' })
    }
    const saved = await openExactIndex(path, { dimensions: DIMENSIONS, metric: 'euclidean' })
    expect((await saved.counts()).total).toBe(MANY)
  })

  it('lets nothing begin', async () => {
    const { index, entries } = await filledIndex()
    await index.close()
    await index.close()
    const calls = [
      () => index.write({ put: entries }),
      () => index.write({ delete: ['1'] }),
      () => index.search({ vector: everywhere(), limit: 1 }),
      () => index.counts(),
      () => index.save(join(tmpdir(), 'nowhere', 'index')),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

/** Entries that change their vectors, their tags and their kinds under few ids; some are dense, some without a class. */
function mixedEntries(count: number): IndexEntry[] {
  const random = seededRandom(count)
  const sparse = seededVectors({ count, seed: 5, dimensions: DIMENSIONS })
  return sparse.map((vector, at) => {
    const isDense = random() < 0.1
    return {
      id: `image-${at < IDS ? at : Math.floor(IDS * random())}`,
      vector: isDense ? vector.map(() => random() - 0.5) : vector.map((value) => value * (1 - at * 2 ** -20)),
      tags: random() < 0.1 ? ['rare'] : [],
    }
  })
}

/** With entries of many class sets, so that a search has many steps to go. */
async function filledIndex() {
  const random = seededRandom(3)
  const entries = Array.from({ length: MANY }, (_, at) => {
    const vector = new Float32Array(DIMENSIONS)
    for (let n = 0; n < 4; n++) vector[Math.floor(random() * DIMENSIONS)] = 0.7 + 0.3 * random()
    return { id: String(at), vector, tags: at % 10 === 0 ? ['rare'] : [] }
  })
  const index = createExactIndex({ dimensions: DIMENSIONS, metric: 'euclidean' })
  await index.write({ put: entries })
  return { index, entries }
}

function everywhere(): Float32Array {
  return new Float32Array(DIMENSIONS).fill(0.5)
}

function expectTrueAndInOrder(metric: Metric, { vector }: SearchRequest, matches: readonly Match[]): void {
  for (const [at, match] of matches.entries()) {
    expect(match.distance).toBe(distanceOf(metric)(vector, match.vector))
    if (at > 0) expect(byPlace(matches[at - 1]!, match), `match ${at}`).toBeLessThan(0)
  }
}
