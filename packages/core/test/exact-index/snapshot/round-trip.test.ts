import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { createExactIndex, openExactIndex } from '../../../src/exact-index/index.ts'
import type { IndexEntry, Metric } from '../../../src/similarity-index.ts'
import { vectorOf } from '../../../src/testing/contract-entries.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { IndexBesideModel } from '../support/index-beside-model.ts'
import { expectSame } from '../support/same-matches.ts'
import { mixedEntries } from './support/mixed-entries.ts'
import { filtersAmong, requestsAmong } from './support/requests.ts'
import { snapshotFolder } from './support/snapshot-folder.ts'

const METRICS: readonly Metric[] = inFull ? ['euclidean', 'cosine'] : ['cosine']
const DIMENSIONS = inFull ? [1, 2, 29, 30, 31, 81, 300] : [1, 81]

describe.each(METRICS)('an opened index, by %s distance, answers as the saved one did', (metric) => {
  /** All is asked before and after, when there is no file any more. */
  async function reopenAndCompare(both: IndexBesideModel, entries: readonly IndexEntry[]): Promise<void> {
    const { path, files } = snapshotFolder()
    const expectAll = answersOf(both, entries)
    await expectAll()
    await both.reopen(path)
    expect(files()).toEqual(['index.snapshot'])
    rmSync(path)
    await expectAll()
  }

  /** What the model answers now; the function returned asks the index. */
  function answersOf(both: IndexBesideModel, entries: readonly IndexEntry[]): () => Promise<void> {
    const { model } = both
    const requests = requestsAmong(entries, model.dimensions)
    const wanted = requests.map((request) => model.search(request))
    const filters = [undefined, ...filtersAmong(entries, model.dimensions)]
    const counts = filters.map((where) => model.counts(where))
    const { vector, after } = requests.at(-1)!
    const whole = model.search({ vector, after, limit: 1200 })
    return async () => {
      for (const [at, request] of requests.entries()) expectSame(await both.index.search(request), wanted[at]!)
      for (const [at, where] of filters.entries()) expect(await both.index.counts(where)).toEqual(counts[at])
      for (let from = 0; from < whole.length; from += 400) {
        const page = await both.index.search({ vector, limit: 400, after: whole[from - 1] ?? after })
        expectSame(page, whole.slice(from, from + 400))
      }
      expect(await both.index.position()).toBe(model.position)
      expect(both.index.memory().images).toBe(model.entries.size)
    }
  }

  it.each(DIMENSIONS)('with vectors of every kind, of %i dimensions', async (dimensions) => {
    const entries = mixedEntries(900, dimensions, dimensions)
    const both = new IndexBesideModel(dimensions, metric)
    await both.put(entries, 'p:1')
    await reopenAndCompare(both, entries)
    await both.put(mixedEntries(500, dimensions, dimensions + 1))
    await both.delete(entries.filter((_, at) => at % 3 === 0).map(({ id }) => id))
    await reopenAndCompare(both, entries)
  })

  it('with nothing in it', async () => {
    const entries = mixedEntries(50, 40, 1)
    const both = new IndexBesideModel(40, metric)
    await reopenAndCompare(both, [])
    await both.put(entries)
    await reopenAndCompare(both, entries)
    await both.delete(entries.map(({ id }) => id))
    await reopenAndCompare(both, entries)
    await both.put(entries)
    await reopenAndCompare(both, entries)
  })

  it.each<[string, (random: () => number) => Record<number, number>]>([
    ['of one set', (random) => ({ 1: 0.7 + 0.3 * random(), 3: random(), 4: random() - 0.5 })],
    ['that are all the same', () => ({ 1: 0.9, 3: 0.8 })],
    ['of one class, above and below 0', (random) => ({ 2: random() - 0.5 })],
    ['without a class', () => ({})],
    ['of many sets', (random) => Object.fromEntries([0, 1, 2, 3].map(() => [Math.floor(30 * random()), random()]))],
  ])('with many members %s', async (_, values) => {
    const dimensions = 30
    const random = seededRandom(8)
    const entries = Array.from({ length: inFull ? 3000 : 600 }, (_, at) => ({
      id: at % 4 === 0 ? `large/${at}` : String(at),
      vector: vectorOf(dimensions, values(random)),
      tags: at % 50 === 0 ? ['rare'] : [],
    }))
    const both = new IndexBesideModel(dimensions, metric)
    await both.put(entries)
    await reopenAndCompare(both, entries)
    const ids = entries.map(({ id }) => id)
    await both.delete(ids.filter((_, at) => at % 3 > 0))
    await both.put(entries.slice(0, 300).map(({ id }) => ({ id, vector: vectorOf(dimensions, { 5: 1 }), tags: [] })))
    await reopenAndCompare(both, entries)
    // Of a tree that was restored only blocks and few members are left.
    await both.delete(ids.slice(40))
    await reopenAndCompare(both, entries)
    await both.put(entries)
    await reopenAndCompare(both, entries)
  })

  it('after each of many changes', async () => {
    const dimensions = 40
    const random = seededRandom(12)
    const both = new IndexBesideModel(dimensions, metric)
    for (let round = 0; round < (inFull ? 12 : 3); round++) {
      const entries = mixedEntries(400, dimensions, 1000 * round)
      await both.put(entries, random() < 0.5 ? `p:${round}` : undefined)
      // The ids stay, while their vectors, their tags and so the numbers of all that they hang from change.
      const moved = entries.map((entry, at) => ({ ...entries[(at * 7 + round) % entries.length]!, id: entry.id }))
      await both.put(moved.filter(() => random() < 0.5))
      const ids = [...both.model.entries.keys()]
      await both.delete(ids.filter(() => random() < 0.5))
      await reopenAndCompare(both, entries)
    }
  })

  it('with tags that are shared, no longer used and used again', async () => {
    const entry = (id: number, ...tags: string[]) => ({ id: String(id), vector: vectorOf(3, { 1: 1 }), tags })
    const both = new IndexBesideModel(3, metric)
    const entries = [entry(0, 'a'), entry(1, 'a'), entry(2, 'a'), entry(3, 'b'), entry(4, 'c', 'a'), entry(5)]
    await both.put(entries)
    await both.delete(['3'])
    await reopenAndCompare(both, entries)
    // While one member is left that has a list, no other may take its number.
    await both.delete(['0', '1'])
    await both.put([entry(6, 'd'), entry(7, 'e')])
    await reopenAndCompare(both, [...both.model.entries.values()])
    await both.delete(['2'])
    await both.put([entry(8, 'f'), entry(9, 'a'), entry(10, 'g')])
    await reopenAndCompare(both, [...both.model.entries.values()])
  })

  it('with more lists of tags than are saved at a time', async () => {
    const both = new IndexBesideModel(3, metric)
    const entries = Array.from({ length: 5000 }, (_, at) => {
      return { id: String(at), vector: vectorOf(3, { 0: 1 + (at % 5) }), tags: [`tag ${at}`] }
    })
    await both.put(entries)
    await both.delete(entries.filter((_, at) => at % 10 > 0).map(({ id }) => id))
    await reopenAndCompare(both, entries)
    await both.put(entries.slice(2000, 3000))
    await reopenAndCompare(both, entries.slice(2000))
  })

  it('with members below 0 only, which no bound from 0 up has room for', async () => {
    const both = new IndexBesideModel(4, metric)
    const entries = [-1, -0.5, -2, -1e-30].map((value, at) => {
      return { id: String(at), vector: vectorOf(4, { 1: value, 2: -1 }), tags: [] }
    })
    await both.put(entries)
    await reopenAndCompare(both, entries)
  })
})

it.each(METRICS)('more members than fit into a chunk come back, by %s distance', async (metric) => {
  const { path } = snapshotFolder()
  const random = seededRandom(3)
  const both = new IndexBesideModel(5, metric)
  const entries = Array.from({ length: 40_000 }, (_, at) => {
    return { id: String(at), vector: vectorOf(5, { 1: 0.7 + 0.3 * random(), 2: random() }), tags: [] }
  })
  const requests = entries.slice(0, 5).map(({ vector }) => ({ vector, limit: 31 }))
  await both.put(entries)
  await both.delete(entries.slice(10_000, 25_000).map(({ id }) => id))
  await both.reopen(path)
  await both.expectSameAnswers(requests)
  await both.put(entries.slice(20_000, 30_000).map((entry, at) => ({ ...entry, vector: entries[at]!.vector })))
  await both.reopen(path)
  await both.expectSameAnswers(requests)
  await both.expectSameCounts()
})

it.each([undefined, '', '0', 'feed/17', 'ä😀\u0000"\\', '\ud800', 'x'.repeat(1e5)])(
  'the position %j comes back',
  async (position) => {
    const { path } = snapshotFolder()
    const index = createExactIndex({ dimensions: 3 })
    await index.write({ put: mixedEntries(9, 3, 1) }, { from: undefined, to: position })
    await index.save(path)
    expect(await (await openExactIndex(path, { dimensions: 3 })).position()).toBe(position)
  },
)

it('parts of any size come back, about as large as what is written at a time, and much larger', async () => {
  const { path } = snapshotFolder()
  const index = createExactIndex({ dimensions: 3 })
  const lengths = Array.from({ length: inFull ? 120 : 12 }, (_, at) => 2 ** 20 + 4 - at)
  for (const length of [...lengths, 2 ** 21, 5e6]) {
    const position = String.fromCharCode(97 + (length % 26)).repeat(length)
    await index.write({ put: [] }, { from: await index.position(), to: position })
    await index.save(path)
    const opened = await openExactIndex(path, { dimensions: 3 })
    expect((await opened.position()) === position, `${length}`).toBe(true)
  }
})

it.each(inFull ? [2 ** 18, 2 ** 20, 3e6] : [2 ** 18])('ids of about %i bytes come back', async (length) => {
  const { path } = snapshotFolder()
  const both = new IndexBesideModel(3, 'cosine')
  const ids = [-60, -13, 0, 1].map((more) => 'ä'.repeat((length + more) >> 1))
  await both.put(ids.map((id) => ({ id, vector: Float32Array.of(1, 0, 0), tags: [id] })))
  await both.reopen(path)
  for (const id of ids) {
    const [found, ...others] = await both.index.search({
      vector: Float32Array.of(1, 0, 0),
      limit: 9,
      where: { tags: { all: [id] } },
    })
    expect([found?.id === id, others.length]).toEqual([true, 0])
  }
})

it('a save takes the place of the one before, whatever their sizes', async () => {
  const { path, files } = snapshotFolder()
  const both = new IndexBesideModel(40, 'cosine')
  for (const count of [5, 3000, 40, 0, 700]) {
    await both.delete([...both.model.entries.keys()])
    const entries = mixedEntries(count, 40, count)
    await both.put(entries, `p:${count}`)
    await both.reopen(path)
    await both.expectSameAnswers(requestsAmong(entries, 40))
    await both.expectSameCounts()
    expect(files()).toEqual(['index.snapshot'])
  }
})

it('is what createExactIndex makes: the same options, the same refusals', async () => {
  const { path } = snapshotFolder()
  const index = createExactIndex({ dimensions: 5 })
  await index.save(path)
  const opened = await openExactIndex(path, { dimensions: 5 })
  expect({ ...opened }).toEqual({ ...index })
  await opened.close()
  await expect(opened.save(path)).rejects.toMatchObject({ code: 'CLOSED' })
  for (const options of [{ dimensions: 0 }, { dimensions: 5, metric: 'taxicab' }, { dimensions: 5, path }]) {
    await expect(openExactIndex(path, options as { dimensions: 5 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  }
})
