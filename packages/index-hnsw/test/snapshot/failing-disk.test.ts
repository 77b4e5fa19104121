/** Disks that do not take a file. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'
import { expect, it, vi } from 'vitest'
import { GraphIndex } from '../../src/graph-index.ts'
import { saveIndex } from '../../src/snapshot/save.ts'
import { denseEntries } from '../support/entries.ts'
import { testFolder } from '../support/folder.ts'
import { openHere } from '../support/index-here.ts'
import { native } from '../support/native.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('programs/save-on-full-disk.js', import.meta.url))
const shape = { dimensions: 6, metric: 'cosine', m: 8, efConstruction: 20, efSearch: 20 } as const

it('a full disk, whether it is full for our file or for that of hnswlib, which does not say so', async () => {
  const { path, files } = testFolder()
  // A shell sets the limit: Node cannot. It counts in blocks of 512 bytes, or of 1024 in some shells.
  const given = ['-c', 'ulimit -f 400 && exec "$@"', 'sh', process.execPath, program, path]
  const { stdout, stderr } = await run('sh', given, { timeout: 60_000 })
  const { failures, afterFailure, files: left, total } = JSON.parse(stdout)
  expect(failures).toHaveLength(3)
  for (const { name, code, message } of failures) {
    expect([name, code]).toEqual(['RecommenderError', 'INDEX_FAILED'])
    expect(message).toContain(path)
    expect(message).toContain('is whole')
  }
  expect(failures[0].message).toContain('hnswlib did not write its file as it should, as on a full disk')
  expect(failures[1].message).toMatch(/EFBIG|ENOSPC|EDQUOT/)
  expect(afterFailure).toEqual(['small', 50])
  expect([left, files()]).toEqual([['index.snapshot'], ['index.snapshot']])
  expect([total, stderr]).toEqual([0, ''])
}, 90_000)

it('a path that cannot be written: says so, leaves nothing, and the index goes on', async () => {
  const { folder, path, files } = testFolder()
  const index = await createHnswIndex(shape)
  await index.write({ put: denseEntries(50, 6, 1) }, { from: undefined, to: 'p:1' })
  await index.save(path)
  const at = (...names: string[]) => join(folder, ...names)
  mkdirSync(at('folder'))
  writeFileSync(at('folder', 'something'), 'of somebody else')
  const wrong: [string, RegExp][] = [
    [at('nothing', 'index'), /ENOENT/],
    [join(path, 'below'), /ENOTDIR/],
    [at('folder'), /EISDIR|ENOTEMPTY|EPERM/],
    [at('x'.repeat(300)), /ENAMETOOLONG/],
    [at('a\0b'), /null bytes/],
  ]
  for (const [place, reason] of wrong) {
    const failure = { code: 'INDEX_FAILED', message: expect.stringMatching(reason) }
    await expect(index.save(place), place).rejects.toMatchObject(failure)
    expect(files(), place).toEqual(['folder', 'index.snapshot'])
    expect(readdirSync(at('folder')), place).toEqual(['something'])
  }
  await index.write({ put: denseEntries(60, 6, 2) }, { from: 'p:1', to: 'p:2' })
  await index.save(path)
  const opened = await openHnswIndex(path, shape)
  expect([await opened.position(), await opened.counts()]).toEqual(['p:2', await index.counts()])
  await Promise.all([index.close(), opened.close()])
})

it('a folder in which nothing may be written', async () => {
  const { folder, path, files } = testFolder()
  const index = await createHnswIndex(shape)
  await index.write({ put: denseEntries(50, 6, 1) })
  await index.save(path)
  const failure = { code: 'INDEX_FAILED', message: expect.stringMatching(/EACCES/) }
  chmodSync(folder, 0o555)
  await withoutPrivileges(() => expect(index.save(path)).rejects.toMatchObject(failure))
  chmodSync(folder, 0o755)
  expect(files()).toEqual(['index.snapshot'])
  chmodSync(path, 0)
  // Here: nobody may not be allowed to read this package either, of which a new thread would have to be made.
  await withoutPrivileges(() => expect(openHere(path, shape)).rejects.toThrow(/EACCES/))
  await index.close()
})

it('a file of hnswlib that is not what it should be, whatever the reason', async () => {
  const { path, files } = testFolder()
  const index = new GraphIndex(native, shape)
  for (const entry of denseEntries(300, 6, 1)) index.put(entry)
  await saveIndex(path, index, shape, undefined)
  const write = index.graph.write.bind(index.graph)
  const others: [(path: string) => void, RegExp][] = [
    [() => {}, /ENOENT/],
    [(file) => writeFileSync(file, ''), /ends within its header/],
    [(file) => writeFileSync(file, Buffer.alloc(96)), /another shape/],
    [(file) => cut(file, (whole) => whole.subarray(0, 5000)), /ends/],
    [(file) => cut(file, (whole) => whole.subarray(0, -1)), /ends within|does not end/],
    [(file) => cut(file, (whole) => Buffer.concat([whole, Buffer.alloc(4)])), /does not end/],
  ]
  for (const [writing, reason] of others) {
    vi.spyOn(index.graph, 'write').mockImplementation(writing)
    const saving = saveIndex(path, index, shape, undefined)
    await expect(saving).rejects.toThrow(reason)
    await expect(saving).rejects.toThrow('hnswlib did not write its file as it should')
    expect(files()).toEqual(['index.snapshot'])
  }

  function cut(file: string, how: (whole: Buffer) => Uint8Array): void {
    write(file)
    writeFileSync(file, how(readFileSync(file)))
  }
})

/** Root may write and read what nobody may; so it is nobody for a while. */
async function withoutPrivileges(act: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid!(65_534)
  try {
    await act()
  } finally {
    if (isRoot) process.seteuid!(0)
  }
}
