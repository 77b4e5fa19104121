import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyPictures, run, start, temporaryFolder } from './command.ts'

let folder: string
let total: number

beforeAll(async () => {
  folder = await temporaryFolder()
  await copyPictures(join(folder, 'one'), /^beach-001/)
  total = (await copyPictures(join(folder, 'photos'), /^[b-h].*-0/)).length
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Starts describing, and waits until some images are done but not all. */
async function amid(store: string) {
  const ingesting = start(['ingest', 'photos', '--store', store, '--progress'], { folder })
  const [, done] = await ingesting.saying(/Describing.* ([1-9]\d*)\/\d+/)
  return { ...ingesting, done: Number(done) }
}

/** Everything is there in the end, and what was done before is not done again. */
async function goesOn(store: string, atLeast: number): Promise<void> {
  const { code, json } = await run(['ingest', 'photos', '--store', store, '--json'], { folder })
  expect(code).toBe(0)
  const { added, unchanged } = json()
  expect(added + unchanged).toBe(total)
  expect(unchanged).toBeGreaterThanOrEqual(atLeast)
  expect(added).toBeGreaterThan(0)
}

it('goes on where it was killed', async () => {
  const { child, done, finished } = await amid('killed')
  child.kill('SIGKILL')
  await finished()
  await goesOn('killed', done)
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('stops cleanly at %s, says how far it came, and goes on', async (signal, expected) => {
  const { child, done, finished } = await amid(signal)
  child.kill(signal)
  const { code, out, err } = await finished()
  expect({ code, out }).toEqual({ code: expected, out: '' })
  const stopped = /error ABORTED: Stopped after (\d+) of (\d+) images\. The same command goes on from there\.\n$/.exec(
    err,
  )
  expect(Number(stopped?.[1])).toBeGreaterThanOrEqual(done)
  expect(Number(stopped?.[2])).toBe(total)
  await goesOn(signal, Number(stopped?.[1]))
})

it('stops while it waits for stdin', async () => {
  await run(['ingest', 'one', '--store', 'waiting'], { folder })
  for (const args of [
    ['similar', '-'],
    ['import', '-'],
  ]) {
    const { child, saying, finished } = start([...args, '--store', 'waiting', '--progress'], { folder, input: null })
    await saying(/(Opening|Reading) the store/)
    child.kill('SIGINT')
    expect(await finished()).toMatchObject({
      code: 130,
      out: '',
      err: expect.stringContaining('error ABORTED: Stopped.'),
    })
  }
})

it('stops at once when asked a second time', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const store = `postgres://127.0.0.1:${(silent.address() as AddressInfo).port}/photos`
  const { child, finished } = start(['objects', '--store', store], { folder })
  const [connection] = await once(silent, 'connection')
  child.kill('SIGINT')
  // Two that come together are one.
  await sleep(300)
  child.kill('SIGINT')
  // Nothing is told: that would be the clean end, ten seconds later.
  expect(await finished()).toMatchObject({ code: 130, out: '', err: '' })
  connection.destroy()
  silent.close()
})
