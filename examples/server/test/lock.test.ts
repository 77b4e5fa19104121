import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeLock } from '../src/lock.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'example-lock-'))
  path = join(folder, 'server.lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('is taken once, and again after it was released', async () => {
  const lock = await takeLock(path)
  await expect(takeLock(path)).rejects.toThrow(`Another server (process ${process.pid}) is using this data folder.`)
  await lock.release()
  expect(await readdir(folder)).toEqual([])
  await (await takeLock(path)).release()
})

it('is refused while its process lives, and taken over when it is dead', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
  await once(other, 'spawn')
  await writeFile(path, JSON.stringify({ pid: other.pid }))
  // Without a time of birth (a system without /proc) the number alone counts.
  if (process.platform !== 'linux') await expect(takeLock(path)).rejects.toThrow(`process ${other.pid}`)
  const stat = await readFile(`/proc/${other.pid}/stat`, 'utf8').catch(() => '')
  await writeFile(path, JSON.stringify({ pid: other.pid, born: stat.split(') ')[1]?.split(' ')[19] }))
  await expect(takeLock(path)).rejects.toThrow(`process ${other.pid}`)
  other.kill('SIGKILL')
  await once(other, 'exit')
  await (await takeLock(path)).release()
})

it.runIf(process.platform === 'linux')('is taken over where its number now belongs to another process', async () => {
  await writeFile(path, JSON.stringify({ pid: process.ppid, born: '1' }))
  await (await takeLock(path)).release()
})

it.each(['', '{', '[]', 'null', '{"pid":"x"}', '{"pid":-1}', '{"pid":99999999}'])(
  'is taken over where it says %j',
  async (text) => {
    await writeFile(path, text)
    const lock = await takeLock(path)
    expect(JSON.parse(await readFile(path, 'utf8')).pid).toBe(process.pid)
    await lock.release()
    expect(await readdir(folder)).toEqual([])
  },
)

it('goes to one of many who take over a stale one at once', async () => {
  await writeFile(path, '{"pid":99999999}')
  const taken = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(path)))
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})
