/** What no answer shows: rows, chunks and numbers that were free are free again, else each opening would lose them. */
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { Slab } from '../../../src/exact-index/class-sets/slab.ts'
import { createExactIndex, openExactIndex } from '../../../src/exact-index/index.ts'
import { TagLists } from '../../../src/exact-index/tag-lists.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { seededVectors } from '../../../src/testing/seeded-vectors.ts'
import { copiesOf, readerOf } from '../ids/saved-parts.ts'
import { snapshotFolder } from './support/snapshot-folder.ts'

/** The column that the tests write to. */
const MARKS = 2

describe('a restored slab', () => {
  const shapes = [
    { array: Uint16Array, width: 3 },
    { array: Float32Array, width: 0 },
    { array: Uint32Array, width: 1 },
    { array: Uint8Array, width: 2 },
    { array: Float32Array, width: 1, viewOf: MARKS },
  ]

  /** With runs of many lengths, which are given back here and there, some chunks in all. */
  function churnedSlab() {
    const random = seededRandom(4)
    const slab = new Slab(6, shapes)
    const runs: Run[] = []
    for (let step = 0; step < 2000; step++) {
      if (random() < 0.53) runs.push(allocate(slab, 1 + Math.floor(random() ** 3 * 40), step))
      else for (const run of runs.splice(Math.floor(random() * runs.length), 1)) slab.release(run.row)
      if (step === 1500) for (const run of runs.splice(0, runs.length - 20)) slab.release(run.row)
    }
    return { slab, runs }
  }

  it('has the same rows, and holds as much', async () => {
    const { slab, runs } = churnedSlab()
    const restored = await restoredFrom(slab)
    for (const run of runs) expectOwn(restored, run)
    expect(countsOf(restored)).toEqual(countsOf(slab))
    expect(restored.columns.map((column) => column.map(({ length }) => length))).toEqual(
      slab.columns.map((column) => column.map(({ length }) => length)),
    )
  })

  it('hands out what was free, and nothing that is in use', async () => {
    const { slab, runs } = churnedSlab()
    const restored = await restoredFrom(slab)
    const held = restored.heldRows
    const chunks = restored.columns[0]!.length
    // As many more as fit into what is free, by the original's own account.
    const more: Run[] = []
    for (const length of [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48]) {
      for (let before = slab.heldRows; ; more.push(allocate(restored, length, 5000 + more.length))) {
        slab.allocate(length)
        if (slab.heldRows > before) break
      }
    }
    expect(more.length).toBeGreaterThan(10)
    expect(countsOf(restored).slice(0, 2)).toEqual([held, held * 12])
    for (const run of [...runs, ...more]) expectOwn(restored, run)
    for (const run of [...runs, ...more]) restored.release(run.row)
    expect(countsOf(restored)).toEqual([0, 0, 0])
    // Now all numbers of chunks are free again: those that were so before it was saved, too.
    for (let chunk = 0; chunk < chunks; chunk++) restored.allocate(64)
    expect(restored.columns[0]).toHaveLength(chunks)
  })

  it('takes no rows that are too few or too many', async () => {
    const { slab } = churnedSlab()
    const parts = copiesOf(slab.save())
    const at = parts.findIndex((part, number) => number > 1 && part.length > 100)
    for (const length of [-12, 12]) {
      const changed = new Uint8Array(parts[at]!.length + length)
      const spoilt = parts.map((part, number) => (number === at ? changed : part))
      await expect(new Slab(6, shapes).load(readerOf(spoilt))).rejects.toThrow(Error)
    }
    await expect(new Slab(6, shapes).load(readerOf(parts.slice(0, -1)))).rejects.toThrow(
      'Nothing was saved behind this',
    )
  })

  async function restoredFrom(slab: Slab): Promise<Slab> {
    const restored = new Slab(6, shapes)
    await restored.load(readerOf(copiesOf(slab.save())))
    return restored
  }
})

interface Run {
  readonly row: number
  readonly length: number
  readonly mark: number
}

function allocate(slab: Slab, length: number, mark: number): Run {
  const row = slab.allocate(length)
  fillOf(slab, { row, length }).fill(mark)
  return { row, length, mark }
}

function expectOwn(slab: Slab, run: Run): void {
  expect([...fillOf(slab, run)]).toEqual(Array.from({ length: run.length }, () => run.mark))
  const chunk = run.row >>> slab.chunkBits
  expect(slab.columns[4]![chunk]!.buffer).toBe(slab.columns[MARKS]![chunk]!.buffer)
}

function fillOf(slab: Slab, { row, length }: { row: number; length: number }): Uint32Array {
  const at = row & slab.mask
  return (slab.columns[MARKS]![row >>> slab.chunkBits] as Uint32Array).subarray(at, at + length)
}

function countsOf({ heldRows, bytes, usedRows }: Slab): number[] {
  return [heldRows, bytes, usedRows]
}

describe('restored lists of tags', () => {
  it('are in use as often as they were, and their free numbers are given again', async () => {
    const lists = new TagLists()
    const numbers = [['a'], ['b'], ['a', 'b'], ['c']].map((tags) => lists.use(tags))
    lists.use(['a'])
    for (const number of [numbers[1]!, numbers[3]!]) lists.release(number)
    const restored = new TagLists()
    await restored.load(readerOf(copiesOf(lists.save())))
    expect(restored.end).toBe(lists.end)
    expect(restored.use(['a', 'b'])).toBe(numbers[2])
    expect(restored.use([])).toBe(0)
    const given = [restored.use(['d']), restored.use(['e'])]
    expect(given.sort()).toEqual([numbers[1], numbers[3]])
    expect(restored.end).toBe(lists.end)
    restored.release(numbers[0]!)
    expect(restored.tagsOf(numbers[0]!)).toEqual(['a'])
    restored.release(numbers[0]!)
    expect(restored.use(['f'])).toBe(numbers[0])
    expect(restored.tagsOf(0)).toEqual([])
  })
})

describe.each(['euclidean', 'cosine'] as const)('an opened index, by %s distance,', (metric) => {
  const shape = { dimensions: 81, metric }
  const entries = seededVectors({ count: 6000, seed: 9 }).map((vector, at) => {
    return { id: String(at), vector, tags: at % 3 === 0 ? [`tag ${at % 100}`] : [] }
  })

  it('holds as much as the saved one, and never more by what comes and goes', async () => {
    const { path } = snapshotFolder()
    const original = createExactIndex(shape)
    let opened = createExactIndex(shape)
    const most = [0, 0]
    for (let round = 0; round < (inFull ? 12 : 4); round++) {
      const random = seededRandom(round)
      const leaving = entries.filter(() => random() < 0.8).map(({ id }) => id)
      for (const index of [original, opened]) {
        await index.write({ put: entries })
        await index.write({ delete: leaving })
      }
      for (const [at, index] of [original, opened].entries()) most[at] = Math.max(most[at]!, bytesOf(index))
      await opened.save(path)
      const saved = opened.memory()
      await opened.close()
      opened = await openExactIndex(path, shape)
      expect(opened.memory()).toEqual(saved)
    }
    expect(most[1]).toBeLessThan(1.1 * most[0]!)
    for (const index of [original, opened]) await index.write({ delete: entries.map(({ id }) => id) })
    expect(opened.memory()).toEqual(original.memory())
    expect(opened.memory()).toEqual(createExactIndex(shape).memory())
  })
})

function bytesOf(index: ReturnType<typeof createExactIndex>): number {
  const { bytes } = index.memory()
  return bytes.index + bytes.ids
}
