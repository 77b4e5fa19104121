/** What a save and an opening ask of the disk, and what goes on meanwhile. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { createExactIndex, openExactIndex } from '../../../src/exact-index/index.ts'
import { IndexBesideModel } from '../support/index-beside-model.ts'
import { expectSame } from '../support/same-matches.ts'
import { slowDownTheClock } from '../support/slow-clock.ts'
import { completeIndex, completeShape, completeSnapshot } from './support/complete-index.ts'
import { disk } from './support/disk.ts'
import { expectIndexFailed, failureOf } from './support/failures.ts'
import { mixedEntries } from './support/mixed-entries.ts'
import { snapshotFolder } from './support/snapshot-folder.ts'
import { largeShape, states } from './support/two-states.ts'

vi.mock('node:fs/promises', async (importOriginal) => {
  const { disk } = await import('./support/disk.ts')
  return disk.watched(await importOriginal())
})

afterEach(() => {
  disk.intervene({})
  vi.restoreAllMocks()
})

it('the bytes are on the disk before the file takes its name, and the name is before save ends', async () => {
  const { path, folder } = snapshotFolder()
  const index = createExactIndex(largeShape)
  await index.write({ put: states.old.entries }, { from: undefined, to: 'old' })
  await index.save(path)
  const calls = disk.calls.map(({ name, path }) => ({ name, path }))
  const beside = calls[0]!.path
  expect(beside).not.toBe(path)
  // In the same folder: a file cannot be renamed into another file system.
  expect(dirname(beside)).toBe(folder)
  const writes = calls.filter(({ name }) => name === 'file.write')
  expect(writes.length).toBeGreaterThan(1)
  expect(calls).toEqual([
    { name: 'open', path: beside },
    ...writes.map(() => ({ name: 'file.write', path: beside })),
    { name: 'file.sync', path: beside },
    { name: 'file.close', path: beside },
    { name: 'rename', path: beside },
    { name: 'open', path: folder },
    { name: 'file.sync', path: folder },
    { name: 'file.close', path: folder },
  ])
  expect(disk.openFiles).toBe(0)
})

it('two saves at once do not write to the same file', async () => {
  const { path, files } = snapshotFolder()
  const both = [createExactIndex(largeShape), createExactIndex(largeShape)] as const
  await both[0].write({ put: states.old.entries }, { from: undefined, to: 'old' })
  await both[1].write({ put: states.new.entries }, { from: undefined, to: 'new' })
  for (let round = 0; round < 5; round++) {
    await Promise.all(both.map((index) => index.save(path)))
    const opened = await openExactIndex(path, largeShape)
    await states[(await opened.position()) as 'old' | 'new'].answers.expectOf(opened)
    expect(files()).toEqual(['index.snapshot'])
  }
})

describe('a disk', () => {
  it.each([1, 7, 4099])('that takes and gives at most %i bytes at a time does no harm', async (most) => {
    const { path } = snapshotFolder()
    const index = await completeIndex()
    await index.save(path)
    const bytes = readFileSync(path)
    disk.intervene({ allows: (length) => Math.min(length, most) })
    await index.save(path)
    expect(disk.calls.filter(({ name }) => name === 'file.write').length).toBeGreaterThanOrEqual(bytes.length / most)
    expect(Buffer.compare(readFileSync(path), bytes)).toBe(0)
    const opened = await openExactIndex(path, completeShape)
    disk.intervene({})
    expect(await opened.counts()).toEqual(await index.counts())
    await opened.save(path)
    await openExactIndex(path, completeShape)
  })

  it('that takes nothing more, without an error, is full', async () => {
    const { path, files } = snapshotFolder()
    const index = await completeIndex()
    let left = 10_000
    disk.intervene({
      allows: (length) => {
        const taken = Math.min(length, 999, left)
        left -= taken
        return taken
      },
    })
    expectIndexFailed(await failureOf(index.save(path)), path, /no more bytes/)
    expect(files()).toEqual([])
    expect(disk.openFiles).toBe(0)
  })

  it('that gives nothing more, though the file was longer when it was opened, has a file cut off', async () => {
    const { path } = snapshotFolder()
    writeFileSync(path, await completeSnapshot())
    let left = 10_000
    disk.intervene({
      allows: (length) => {
        const given = Math.min(length, 999, left)
        left -= given
        return given
      },
    })
    expectIndexFailed(await failureOf(openExactIndex(path, completeShape)), path, /cut off/)
    expect(disk.openFiles).toBe(0)
  })

  it('that cannot even remove the rest: the first reason is told', async () => {
    const { path } = snapshotFolder()
    const index = await completeIndex()
    disk.intervene({
      before: ({ name }) => {
        if (name === 'file.sync') throw new Error('ENOSPC: no space left on device')
        if (name === 'rm' || name === 'unlink') throw new Error('EROFS: read-only file system')
      },
    })
    expectIndexFailed(await failureOf(index.save(path)), path, /ENOSPC/)
  })
})

it('a damaged file is closed', async () => {
  const { path } = snapshotFolder()
  const whole = await completeSnapshot()
  const spoilt = Buffer.from(whole)
  spoilt[whole.length >> 1]! ^= 1
  for (const bytes of [spoilt, whole.subarray(1), whole.subarray(0, 20), Buffer.concat([whole, whole])]) {
    writeFileSync(path, bytes)
    expectIndexFailed(await failureOf(openExactIndex(path, completeShape)), path)
    expect(disk.openFiles).toBe(0)
  }
})

describe('while the disk is slow', () => {
  /** Makes the first call of that name wait; what it gives ends that. */
  async function stoppedAt(name: string, saving: () => Promise<void>) {
    let goOn!: () => void
    const gate = new Promise<void>((resolve) => {
      goOn = resolve
    })
    let saved!: Promise<void>
    await new Promise<void>((reached) => {
      disk.intervene({
        before: (call) => {
          if (call.name !== name) return
          reached()
          return gate
        },
      })
      saved = saving()
    })
    return { saved, goOn }
  }

  it.each(inFull ? ['open', 'file.write', 'file.sync', 'rename'] : ['file.write'])(
    'at %s, searches go on, and writes wait without being lost',
    async (name) => {
      const { path } = snapshotFolder()
      const both = new IndexBesideModel(largeShape.dimensions, largeShape.metric)
      await both.put(states.old.entries, 'old')
      const { saved, goOn } = await stoppedAt(name, () => both.index.save(path))
      const ids = states.old.entries.slice(0, 500).map(({ id }) => id)
      const writes = [
        both.index.write({ delete: ids }),
        both.index.write({ put: states.new.entries.slice(0, 700) }, { from: 'old', to: 'new' }),
        both.index.save(`${path}.later`),
        both.index.write({ delete: ids.slice(0, 3) }, { from: 'new', to: 'newest' }),
      ]
      for (let round = 0; round < 3; round++) await states.old.answers.expectOf(both.index)
      // Nothing went on in spite of it.
      expect(disk.calls.at(-1)!.name).toBe(name)
      goOn()
      await Promise.all([saved, ...writes])
      await states.old.answers.expectOf(await openExactIndex(path, largeShape))
      both.model.delete(ids)
      both.model.put(states.new.entries.slice(0, 700), 'new')
      const requests = states.new.entries.slice(0, 3).map(({ vector }) => ({ vector, limit: 20 }))
      const opened = await openExactIndex(`${path}.later`, largeShape)
      for (const request of requests) expectSame(await opened.search(request), both.model.search(request))
      expect(await opened.position()).toBe('new')
      both.model.delete(ids.slice(0, 3), 'newest')
      await both.expectSameAnswers(requests)
      await both.expectSameCounts()
    },
  )

  it('a save that fails holds up nobody', async () => {
    const { path } = snapshotFolder()
    const both = new IndexBesideModel(largeShape.dimensions, largeShape.metric)
    await both.put(states.old.entries, 'old')
    disk.intervene({
      before: ({ name }) => {
        if (name === 'file.sync') throw new Error('EIO: i/o error')
      },
    })
    const failing = [failureOf(both.index.save(path)), failureOf(both.index.save(path))]
    const writing = both.put(states.new.entries.slice(0, 700), 'new')
    const deleting = both.delete(states.old.entries.slice(0, 9).map(({ id }) => id))
    for (const error of await Promise.all(failing)) expectIndexFailed(error, path, /EIO/)
    await Promise.all([writing, deleting])
    disk.intervene({})
    await both.reopen(path)
    await both.expectSameCounts()
    await both.expectSameAnswers(states.new.entries.slice(0, 3).map(({ vector }) => ({ vector, limit: 20 })))
  })
})

it('searches that pause while it is saved find what is there, and the snapshot is of one moment', async () => {
  slowDownTheClock()
  const { path } = snapshotFolder()
  const entries = mixedEntries(800, 40, 5)
  const both = new IndexBesideModel(40, 'cosine')
  await both.put(entries.slice(0, 400), 'first')
  const requests = entries.slice(0, 6).map(({ vector }) => ({ vector, limit: 500 }))
  const wanted = requests.map((request) => both.model.search(request))
  const searching = requests.map((request) => both.index.search(request))
  const saving = both.index.save(path)
  const writing = [
    both.index.write({ put: entries }, { from: 'first', to: 'second' }),
    both.index.write({ delete: ['1', '9'] }, { from: 'second', to: 'third' }),
  ]
  for (const [at, found] of (await Promise.all(searching)).entries()) expectSame(found, wanted[at]!)
  await Promise.all([saving, ...writing])
  const opened = await openExactIndex(path, { dimensions: 40 })
  for (const [at, request] of requests.entries()) expectSame(await opened.search(request), wanted[at]!)
  expect(await opened.position()).toBe('first')
  both.model.put(entries, 'second')
  both.model.delete(['1', '9'], 'third')
  await both.expectSameAnswers(requests)
  await both.expectSameCounts()
})
