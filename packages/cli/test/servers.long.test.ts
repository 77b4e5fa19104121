import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyPictures, run, temporaryFolder } from './command.ts'

const name = `cli_${randomBytes(6).toString('hex')}`
const servers = [
  { server: 'PostgreSQL', variable: 'TEST_POSTGRES_URL', parameter: 'schema', forget: dropSchema, isThere: hasSchema },
  { server: 'Redis', variable: 'TEST_REDIS_URL', parameter: 'prefix', forget: deleteKeys, isThere: hasKeys },
]

describe.each(servers)('over $server', ({ variable, parameter, forget, isThere }) => {
  const url = process.env[variable]
  let folder: string
  beforeAll(async () => {
    folder = await temporaryFolder()
    await copyPictures(join(folder, 'photos'), /^beach-00[1-4]/)
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    if (url) await forget(url)
  })

  it.skipIf(!url)(`works as it does over a folder${url ? '' : ` (skipped: ${variable} names no server)`}`, async () => {
    const store = new URL(url!)
    store.searchParams.set(parameter, name)
    const env = { IMAGE_RECOMMENDER_STORE: store.href }
    const command = (...args: string[]) => run(args, { folder, env })
    expect((await command('ingest', 'photos', '--json')).json()).toMatchObject({ added: 4, failed: [] })
    expect((await command('ingest', 'photos', '--json')).json()).toMatchObject({ unchanged: 4 })
    expect(await isThere(url!)).toBe(true)
    const exported = await command('export', '-')

    const there = { folder, env: { IMAGE_RECOMMENDER_STORE: 'folder' } }
    await run(['import', '-'], { ...there, input: exported.out })
    expect((await run(['export', '-'], there)).out).toBe(exported.out)
    const similar = ['similar', 'beach-001.webp', '--json']
    const page = (await command(...similar)).json()
    expect(page.items.length).toBeGreaterThan(0)
    expect({ ...(await run(similar, there)).json(), nextCursor: null }).toEqual({ ...page, nextCursor: null })
    expect((await command('doctor')).code).toBe(0)
    expect((await command('remove', 'beach-001.webp')).code).toBe(0)
    expect((await command('objects', '--json')).json().stored).toBe(3)
  })
})

function hasSchema(url: string): Promise<boolean> {
  return withPostgres(url, async (client) => {
    const { rows } = await client.query('select from information_schema.schemata where schema_name = $1', [name])
    return rows.length > 0
  })
}

async function dropSchema(url: string): Promise<void> {
  await withPostgres(url, (client) => client.query(`drop schema if exists ${name} cascade`))
}

async function withPostgres<Result>(url: string, task: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(url)
  await client.connect()
  return task(client).finally(() => client.end())
}

async function hasKeys(url: string): Promise<boolean> {
  return (await eachKey(url, async () => {})) > 0
}

async function deleteKeys(url: string): Promise<void> {
  await eachKey(url, (client, key) => client.del(key))
}

async function eachKey(url: string, task: (client: Redis, key: string) => Promise<unknown>): Promise<number> {
  const client = new Redis(url)
  const keys = new Set<string>()
  for await (const found of client.scanStream({ match: `*${name}*` })) for (const key of found) keys.add(key)
  for (const key of keys) await task(client, key)
  client.disconnect()
  return keys.size
}
