import { randomBytes, randomInt } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoGallery } from '../src/places.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

interface Place {
  readonly url: string
  remove(): Promise<void>
}

/** A database of its own on the server for tests. */
async function postgresDatabase(server: string): Promise<Place> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client(server)
  await admin.connect()
  await admin.query(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    async remove() {
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

/** One of the numbered databases that nobody else uses: the other tests are in the first. */
async function redisDatabase(server: string): Promise<Place> {
  for (;;) {
    const url = new URL(server)
    url.pathname = `/${randomInt(1, 16)}`
    const client = new Redis(url.href)
    if ((await client.dbsize()) > 0) {
      client.disconnect()
      continue
    }
    return {
      url: url.href,
      async remove() {
        await client.flushdb()
        client.disconnect()
      },
    }
  }
}

describe.each([
  { engine: 'Postgres', variable: 'DATABASE_URL', server: process.env.TEST_POSTGRES_URL, make: postgresDatabase },
  { engine: 'Redis', variable: 'REDIS_URL', server: process.env.TEST_REDIS_URL, make: redisDatabase },
])('several servers over one $engine', ({ variable, server, make }) => {
  const processes: ServerProcess[] = []
  let folder: string
  let place: Place | undefined
  let names: string[]

  beforeAll(async () => {
    if (server === undefined) return
    folder = await mkdtemp(join(tmpdir(), 'example-replicas-'))
    names = (await readdir(demoGallery)).filter((name) => name.endsWith('.webp')).slice(0, 12)
    await mkdir(join(folder, 'photos'))
    for (const name of names) await copyFile(join(demoGallery, name), join(folder, 'photos', name))
    place = await make(server)
  })
  afterAll(async () => {
    for (const each of processes) await each.ended('SIGKILL')
    await place?.remove()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  function start(environment: Record<string, string> = {}): ServerProcess {
    const started = startProcess([], {
      [variable]: place!.url,
      DATA_FOLDER: join(folder, 'data'),
      PHOTOS: join(folder, 'photos'),
      MODEL: 'demo',
      WORKERS: '1',
      ...environment,
    })
    processes.push(started)
    return started
  }
  const addressOf = (started: ServerProcess) => /http:\/\/\S+(?=\/)/.exec(started.output())![0]
  const countAt = async (url: string) => ((await (await fetch(`${url}/v1/status`)).json()) as { images: number }).images

  it.skipIf(server === undefined)(
    'fill it together, show each other’s uploads, and forget nothing for each other',
    async () => {
      const [first, second] = [start(), start()]
      await Promise.all([first.printed('Ready'), second.printed('Ready')])
      const [one, two] = [addressOf(first), addressOf(second)]
      expect([await countAt(one), await countAt(two)]).toEqual([12, 12])

      const form = new FormData()
      form.append('image', new Blob([await readFile(join(demoGallery, names[3]!))]), 'mine.webp')
      form.append('tag', 'mine')
      const added = await fetch(`${one}/v1/images`, { method: 'POST', body: form })
      expect(added.status).toBe(201)
      const { id } = (await added.json()) as { id: string }
      expect((await fetch(`${two}/v1/images/${id}/file`)).status).toBe(200)
      const foundAt = async (url: string) => {
        const page = await (await fetch(`${url}/v1/images/${names[3]}/similar?limit=3`)).json()
        return (page as { items: { id: string }[] }).items.map((item) => item.id)
      }
      await expect.poll(() => foundAt(two), { timeout: 20_000 }).toContain(id)

      // One that has lost sight of both folders, as after a forgotten mount, does not empty the store for all.
      const lost = start({ DATA_FOLDER: join(folder, 'elsewhere'), PHOTOS: '' })
      await lost.printed('Ready')
      expect(await countAt(addressOf(lost))).toBe(13)
      expect(await lost.ended('SIGTERM')).toBe(0)

      await first.ended('SIGKILL')
      expect((await fetch(`${two}/v1/images/${id}`, { method: 'DELETE' })).status).toBe(204)
      const again = start()
      await again.printed('Ready')
      expect(again.output()).toContain('12 images\n')
      expect((await fetch(`${addressOf(again)}/v1/images/${id}`)).status).toBe(404)
    },
    120_000,
  )
})

describe('a database that cannot be used', () => {
  it.each([
    ['DATABASE_URL', 'postgres://me:S3CRET@127.0.0.1:9/images'],
    ['REDIS_URL', 'redis://:S3CRET@127.0.0.1:9'],
  ])('%s: says so, and no password', async (variable, url) => {
    const folder = await mkdtemp(join(tmpdir(), 'example-replicas-'))
    const started = startProcess([], { [variable]: url, DATA_FOLDER: folder, MODEL: 'demo' })
    expect(await started.ended()).toBe(1)
    expect(started.errors()).toMatch(
      new RegExp(`^The database that ${variable} names cannot be used \\(.*ECONNREFUSED.*\\). Check the address`),
    )
    expect(started.errors() + started.output()).not.toContain('S3CRET')
    await rm(folder, { recursive: true })
  })
})
