import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeLock } from '../src/lock.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-lock-'))
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

it('goes to one of many who take over a stale one at once, in one process', async () => {
  await writeFile(path, '{"pid":99999999}')
  const taken = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(path)))
  const locks = taken.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  expect(locks).toHaveLength(1)
  await locks[0]?.release()
})

it('goes to one of many processes who take over a stale one at once', async () => {
  // As plain JavaScript, which a process of its own can run.
  const source = await readFile(new URL('../src/lock.ts', import.meta.url), 'utf8')
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  const service = '@image-recommender/server/service'
  const built = pathToFileURL(createRequire(import.meta.url).resolve(service)).href
  await writeFile(join(folder, 'lock.mjs'), outputText.replace(service, built))
  const taker = `
    import { takeLock } from ${JSON.stringify(join(folder, 'lock.mjs'))}
    const [, path, start] = process.argv
    while (Date.now() < Number(start));
    const taken = await takeLock(path).then(() => true, () => false)
    console.log(taken)
    if (taken) setTimeout(() => {}, 3000)`
  for (let round = 0; round < 3; round++) {
    const contested = join(folder, `contested-${round}`)
    await writeFile(contested, '{"pid":99999999}')
    const start = String(Date.now() + 1000)
    const takers = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', taker, contested, start]),
    )
    const words = await Promise.all(takers.map(async ({ stdout }) => String(await once(stdout, 'data')).trim()))
    for (const child of takers) child.kill()
    expect(words.filter((word) => word === 'true')).toHaveLength(1)
  }
}, 30_000)
