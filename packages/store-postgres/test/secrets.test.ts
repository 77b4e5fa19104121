import { inspect } from 'node:util'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { failure } from '../src/database/failure.ts'
import { createPgvectorIndex, createPostgresIndex, createPostgresStore } from '../src/index.ts'
import { describeWithServer } from './databases.ts'

const SECRET = 's3cret'

/** Every way to write a password into an address, some of them wrong. `place`: host and port. */
const forms = (place: string) => [
  `postgres://me:${SECRET}@${place}/db`,
  `postgresql://me:${SECRET}@${place}/db`,
  `POSTGRES://me:${SECRET}@${place}/db`,
  `postgres://me:${SECRET}%2F%40%3A@${place}/db`,
  `postgres://me:${SECRET}:and:more@${place}/db`,
  `postgres://me:${SECRET}@and@${place}/db`,
  `postgres://:${SECRET}@${place}/db`,
  `postgres://${place}/db?user=me&password=${SECRET}`,
  `postgres://me@${place}/db?password=${SECRET}%26`,
  `postgres://me:${SECRET}@${place}/db?sslmode=disable&application_name=x`,
  `postgres://me:${SECRET}@${place},127.0.0.1:2/db`,
  `postgres://me:${SECRET}@[::1/db`,
  `postgres://me:${SECRET}#more@${place}/db`,
  `postgres://me:${SECRET}?more@${place}/db`,
  `postgres://me:${SECRET}@${place}x/db`,
]

/** All that somebody may print of what store and indexes say when they cannot be opened. */
async function saidOf(connectionString: string): Promise<string> {
  const said: unknown[] = []
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 5000 })
  const parts = { client: pool, onWarning: (warning: Error) => said.push(warning) }
  for (const create of [
    () => createPostgresStore(parts),
    () => createPostgresIndex({ ...parts, dimensions: 3 }),
    () => createPgvectorIndex({ ...parts, dimensions: 3 }),
  ]) {
    await create().then(
      () => said.push('opened'),
      (error: unknown) => said.push(error),
    )
  }
  await pool.end()
  expect(said).toHaveLength(3)
  return said.map((it) => `${inspect(it, { depth: 20, showHidden: true })} ${JSON.stringify(it)}`).join('\n')
}

describe('a server that is not there', () => {
  it.each(forms('127.0.0.1:1'))('%s', async (address) => {
    const said = await saidOf(address)
    expect(said).not.toContain(SECRET)
    expect(said).not.toContain('opened')
  })
})

describeWithServer('a server that does not know the user', () => {
  it.each(forms(new URL(process.env.TEST_POSTGRES_URL ?? 'postgres://none').host))('%s', async (address) => {
    const said = await saidOf(address)
    expect(said).not.toContain(SECRET)
    expect(said).not.toContain('opened')
  })
})

it('what a message quotes of an address has no password', () => {
  for (const address of [...forms('db:5432'), `postgres://me:${SECRET}/more@db/x`, `postgres://me:a@${SECRET}@db/x`])
    expect(failure(new Error(`cannot reach ${address}, and gives up`)).message).not.toContain(SECRET)
})
