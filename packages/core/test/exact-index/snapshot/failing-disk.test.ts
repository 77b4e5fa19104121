/** Disks that really do not take a file. What each single call that fails leaves behind is in failing-calls.test.ts. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openExactIndex } from '../../../src/exact-index/index.ts'
import { completeIndex, completeShape } from './support/complete-index.ts'
import { expectIndexFailed, failureOf } from './support/failures.ts'
import { snapshotFolder } from './support/snapshot-folder.ts'

const run = promisify(execFile)
const built = new URL('../../../dist/exact-index.js', import.meta.url).href
const program = fileURLToPath(new URL('programs/save-on-full-disk.js', import.meta.url))

it('a path that cannot be written: says so, leaves nothing, and the index goes on', async () => {
  const { folder, path, files } = snapshotFolder()
  const index = await completeIndex()
  const at = (...names: string[]) => join(folder, ...names)
  await index.save(path)
  mkdirSync(at('folder'))
  writeFileSync(at('folder', 'something'), 'of somebody else')
  const wrong: [string, RegExp][] = [
    [at('nothing', 'index'), /ENOENT/],
    [join(path, 'below'), /ENOTDIR/],
    [at('folder'), /EISDIR|ENOTEMPTY|EPERM/],
    [at('x'.repeat(300)), /ENAMETOOLONG/],
    ['', /ENOENT|EISDIR|EBUSY|EPERM|EACCES/],
    [at('a\0b'), /null bytes/],
  ]
  for (const [place, reason] of wrong) {
    const error = await failureOf(index.save(place))
    expect(error, place).toMatchObject({ code: 'INDEX_FAILED' })
    expect((error as Error).message, place).toMatch(reason)
    expect(files(), place).toEqual(['folder', 'index.snapshot'])
    expect(readdirSync(at('folder')), place).toEqual(['something'])
  }
  await index.write(
    { put: [{ id: 'one more', vector: new Float32Array(completeShape.dimensions).fill(2), tags: [] }] },
    {
      from: 'p:1',
      to: 'p:2',
    },
  )
  await index.save(path)
  const opened = await openExactIndex(path, completeShape)
  expect([await opened.position(), await opened.counts()]).toEqual(['p:2', await index.counts()])
})

it('a folder in which nothing may be written', async () => {
  const { folder, path, files } = snapshotFolder()
  const index = await completeIndex()
  await index.save(path)
  chmodSync(folder, 0o555)
  await withoutPrivileges(async () => expectIndexFailed(await failureOf(index.save(path)), path, /EACCES/))
  chmodSync(folder, 0o755)
  expect(files()).toEqual(['index.snapshot'])
  chmodSync(path, 0)
  await withoutPrivileges(async () => {
    expectIndexFailed(await failureOf(openExactIndex(path, completeShape)), path, /EACCES/)
  })
})

it('a full disk', async () => {
  const { folder, path, files } = snapshotFolder()
  // A shell sets the limit: Node cannot. It counts in blocks of 512 bytes, or of 1024 in some shells.
  const command = 'ulimit -f 200 && exec "$@"'
  const given = ['-c', command, 'sh', process.execPath, program, built, path]
  const { stdout } = await run('sh', given, { cwd: folder, timeout: 60_000 })
  const { failures, afterFailure, grown, afterwards } = JSON.parse(stdout)
  expect(failures).toHaveLength(3)
  for (const { name, code, message } of failures) {
    expect([name, code]).toEqual(['RecommenderError', 'INDEX_FAILED'])
    expect(message).toContain(path)
    expect(message).toMatch(/EFBIG|ENOSPC|EDQUOT/)
  }
  expect(afterFailure).toEqual(['small', 100])
  expect(grown).toEqual([0, 'large', 20_000])
  expect(afterwards).toEqual(['small again', 50])
  expect(files()).toEqual(['index.snapshot'])
}, 60_000)

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
