/** Each example as its reader runs it. The quickstart and the server have tests of their own. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { expect, it } from 'vitest'
import { expectDocumented, runExample } from './run-example.ts'

const postgres = process.env.TEST_POSTGRES_URL
const redis = process.env.TEST_REDIS_URL
const PATIENCE = 300_000
const processOf = (line: string) => /^process (\d+): /.exec(line)![1]

it(
  'custom-extractor: finds pictures by colours, and says by which',
  async () => {
    const lines = await runExample('custom-extractor')
    expectDocumented('custom-extractor', lines)
    expect(lines[1]).toMatch(/^distance 0\.0\d {2}airport-\d+\.webp {2}because of \w+ 0\.\d\d, /)
  },
  PATIENCE,
)

it(
  'hnsw: says what it finds beside exact search',
  async () => {
    const lines = await runExample('hnsw')
    expectDocumented('hnsw', lines)
    const recalls = lines.slice(1).map((line) => line.match(/\d+\.\d/g)!.map(Number))
    const [frugal, graph, standard] = recalls
    for (const [beside, measured] of recalls) expect(Math.abs(beside! - measured!)).toBeLessThan(10)
    expect(frugal![0]).toBeLessThan(99.5)
    expect(frugal![0]).toBeGreaterThan(80)
    expect(graph![0]).toBeGreaterThan(97)
    expect(standard).toEqual([100, 100])
  },
  PATIENCE,
)

it(
  'postgres, with PGlite: one recommender finds what another in its process adds',
  async () => {
    const lines = await runExample('postgres')
    expectDocumented('postgres', lines)
    expect(new Set(lines.map(processOf)).size).toBe(1)
  },
  PATIENCE,
)

it.skipIf(!postgres)(
  'postgres, with a server: one process finds what another adds',
  async () => {
    const lines = await runExample('postgres', { DATABASE_URL: postgres! })
    expectDocumented('postgres', lines)
    const [searching, adding] = [processOf(lines.at(-1)!), processOf(lines.at(-2)!)]
    expect(adding).not.toBe(searching)
    const client = new pg.Client(postgres)
    await client.connect()
    const left = await client.query("select 1 from pg_namespace where nspname = 'image_recommender_example'")
    await client.end()
    expect(left.rows).toEqual([])
  },
  PATIENCE,
)

it.skipIf(!redis)(
  'redis: one that only searches finds at once what another adds',
  async () => {
    const lines = await runExample('redis', { REDIS_URL: redis! })
    expectDocumented('redis', lines)
    const client = new Redis(redis!)
    const left = await client.keys('{image-recommender-example*')
    client.disconnect()
    expect(left).toEqual([])
  },
  PATIENCE,
)

it(
  'redis, without a server: says what it needs',
  async () => {
    await expect(runExample('redis')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^REDIS_URL must name a Redis/),
    })
  },
  PATIENCE,
)
