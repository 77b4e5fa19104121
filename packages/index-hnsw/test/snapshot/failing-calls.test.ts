/** Every call that a save or an opening makes to the disk fails once, one after the other; hnswlib's own are in failing-disk.test.ts. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { disk } from '../../../core/test/exact-index/snapshot/support/disk.ts'
import { ways } from '../../../core/test/exact-index/snapshot/support/failing-ways.ts'
import { failureOf } from '../../../core/test/exact-index/snapshot/support/failures.ts'
import { denseEntries } from '../support/entries.ts'
import { testFolder } from '../support/folder.ts'
import { indexHere, openHere } from '../support/index-here.ts'

vi.mock('node:fs/promises', async (importOriginal) => {
  const { disk } = await import('../../../core/test/exact-index/snapshot/support/disk.ts')
  return disk.watched(await importOriginal())
})
vi.mock('node:fs', async (importOriginal) => {
  const { disk } = await import('../../../core/test/exact-index/snapshot/support/disk.ts')
  return disk.watchedSync(await importOriginal())
})

afterEach(() => disk.intervene({}))

const shape = { dimensions: 300, metric: 'euclidean', m: 4, efConstruction: 10, scans: () => true } as const
// More than a megabyte: several writes.
const [old, now] = [denseEntries(500, 300, 1), denseEntries(600, 300, 2)]

async function savedOld() {
  const { path, files } = testFolder()
  const index = indexHere(shape)
  await index.write({ put: old }, { from: undefined, to: 'old' })
  await index.save(path)
  return { path, files, index }
}

async function expectWhole(path: string): Promise<string | undefined> {
  const opened = await openHere(path, shape)
  const position = await opened.position()
  const entries = position === 'old' ? old : now
  expect((await opened.counts()).total).toBe(entries.length)
  const [match] = await opened.search({ vector: entries[7]!.vector, limit: 1 })
  expect([match!.id, match!.distance]).toEqual([entries[7]!.id, 0])
  return position
}

it('a disk that cannot even remove the rest: the first reason is told', async () => {
  const { path, index } = await savedOld()
  const refuses = (name: string) => {
    disk.intervene({
      before: (call) => {
        if (call.name === name) throw new Error('ENOSPC: no space left on device')
        if (call.name === 'rm') throw new Error('EROFS: read-only file system')
      },
    })
  }
  refuses('file.sync')
  await expect(index.save(path)).rejects.toThrow('ENOSPC')
  refuses('file.writeFile')
  await expect(openHere(path, shape)).rejects.toThrow('ENOSPC')
  // Where it is only that, the snapshot is written, and read.
  refuses('nothing else')
  await index.save(path)
  expect((await (await openHere(path, shape)).counts()).total).toBe(old.length)
})

describe.each(Object.keys(ways))('where a call %s,', (way) => {
  it('a save leaves a whole snapshot, and an index that works on', async () => {
    const { path, files, index } = await savedOld()
    const before = readFileSync(path)
    await index.write({ put: now }, { from: 'old', to: 'new' })
    const failed: string[] = []
    for (let number = 0; ; number++) {
      writeFileSync(path, before)
      disk.intervene(ways[way]!(number))
      const error = await failureOf(index.save(path))
      const { calls, openFiles } = disk
      disk.intervene({})
      if (number === calls.length) break
      const call = calls[number]!.name
      if (error) {
        failed.push(call)
        expect(error, call).toMatchObject({ code: 'INDEX_FAILED', message: expect.stringContaining('EIO') })
      }
      expect(openFiles, call).toBe(0)
      const left = files().filter((name) => name !== 'index.snapshot')
      // What could not be taken away is still there.
      if (call !== 'rm' && call !== 'mkdtemp') expect(left, call).toEqual([])
      const position = await expectWhole(path)
      if (!error) expect(position, call).toBe('new')
      const { rmSync } = await vi.importActual<typeof import('node:fs')>('node:fs')
      for (const name of left) rmSync(join(path, '..', name), { recursive: true })
      expect((await index.counts()).total).toBe(now.length)
    }
    const reads = way.includes('half') ? [] : ['mkdtemp', 'open', 'openSync', 'readSync', 'fstatSync', 'rename']
    expect(failed).toEqual(expect.arrayContaining([...reads, 'file.write']))
    await index.save(path)
    expect(await expectWhole(path)).toBe('new')
  })

  it('an opening fails, or does as if nothing had been, and leaves nothing behind', async () => {
    const temporary = testFolder()
    const { path } = await savedOld()
    vi.stubEnv('TMPDIR', temporary.folder)
    onTestFinished(() => void vi.unstubAllEnvs())
    const failed: string[] = []
    for (let number = 0; ; number++) {
      disk.intervene(ways[way]!(number))
      const opening = openHere(path, shape)
      const error = await failureOf(opening)
      const { calls, openFiles } = disk
      disk.intervene({})
      if (number === calls.length) break
      const call = calls[number]!.name
      expect(openFiles, call).toBe(0)
      const left = temporary.files()
      if (call !== 'rm' && call !== 'mkdtemp') expect(left, call).toEqual([])
      const { rmSync } = await vi.importActual<typeof import('node:fs')>('node:fs')
      for (const name of left) rmSync(join(temporary.folder, name), { recursive: true })
      if (error) {
        failed.push(call)
        expect((error as Error).message, call).toContain('EIO')
      } else expect((await (await opening).counts()).total, call).toBe(old.length)
    }
    expect(failed).toEqual(
      expect.arrayContaining(['file.read', 'file.writeFile'].slice(0, way.includes('half') ? 1 : 2)),
    )
  })
})
