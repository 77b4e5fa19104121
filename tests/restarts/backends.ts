import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { createMemoryStore, type ImageStore, type SimilarityIndex } from '@image-recommender/core'
import { createExactIndex, type ExactIndexOptions, openExactIndex } from '@image-recommender/core/exact-index'
import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'
import { createPgvectorIndex, createPostgresIndex, createPostgresStore } from '@image-recommender/store-postgres'
import { createRedisIndex, createRedisStore } from '@image-recommender/store-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe } from 'vitest'

/** An index that is kept: what one process has left there, the next opens. */
export interface KeptIndex {
  open(shape: ExactIndexOptions): Promise<SimilarityIndex>
  /** Where a process ends. */
  keep(index: SimilarityIndex): Promise<void>
}

const redis = process.env.TEST_REDIS_URL
const skipped = redis ? '' : ' (skipped: TEST_REDIS_URL names no server)'

/** Every kind of index, each time one that nobody has written to. */
export function describeEachIndex(suite: (fresh: () => KeptIndex) => void): void {
  describe('exact, in a file', () => {
    const folder = folderForSuite()
    suite(() => inFile(folder(), createExactIndex, openExactIndex))
  })
  describe('HNSW, in a file', () => {
    const folder = folderForSuite()
    suite(() => inFile(folder(), createHnswIndex, openHnswIndex))
  })
  describe('exact, in PostgreSQL', () => {
    const client = pgliteForSuite()
    suite(() => onServer((shape, table) => createPostgresIndex({ client: client(), table, ...shape })))
  })
  describe('pgvector', () => {
    const client = pgliteForSuite()
    suite(() => onServer((shape, table) => createPgvectorIndex({ client: client(), table, ...shape })))
  })
  describe.skipIf(!redis)(`Redis${skipped}`, () => {
    const client = redisForSuite()
    suite(() => onServer((shape, prefix) => createRedisIndex({ client: client(), prefix, ...shape })))
  })
}

/** Every kind of store, each time an empty one. */
export function describeEachStore(suite: (fresh: () => Promise<ImageStore>) => void): void {
  describe('memory', () => suite(async () => createMemoryStore()))
  describe('PostgreSQL', () => {
    const client = pgliteForSuite()
    suite(() => createPostgresStore({ client: client(), table: freshName() }))
  })
  describe.skipIf(!redis)(`Redis${skipped}`, () => {
    const client = redisForSuite()
    suite(() => createRedisStore({ client: client(), prefix: freshName() }))
  })
}

interface Saved extends SimilarityIndex {
  save(path: string): Promise<void>
}

function inFile<Index extends Saved>(
  folder: string,
  create: (shape: ExactIndexOptions) => Index | Promise<Index>,
  open: (path: string, shape: ExactIndexOptions) => Promise<Index>,
): KeptIndex {
  const path = join(folder, freshName())
  return {
    open: async (shape) => (existsSync(path) ? open(path, shape) : create(shape)),
    keep: (index) => (index as Index).save(path),
  }
}

function onServer(open: (shape: ExactIndexOptions, name: string) => Promise<SimilarityIndex>): KeptIndex {
  const name = freshName()
  return { open: (shape) => open(shape, name), keep: async () => {} }
}

const names: string[] = []

/** Of a table, a file, or the keys of a server. */
function freshName(): string {
  const name = `test_${randomBytes(6).toString('hex')}`
  names.push(name)
  return name
}

function folderForSuite(): () => string {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'restarts-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  return () => folder
}

/** One for all suites of a file: it takes seconds to start. */
let pglite: Promise<PGlite> | undefined

function pgliteForSuite(): () => PGlite {
  let client: PGlite
  beforeAll(async () => {
    pglite ??= PGlite.create({ extensions: { vector } }).then(async (opened) => {
      await opened.exec('create extension vector')
      return opened
    })
    client = await pglite
  }, 300_000)
  return () => client
}

function redisForSuite(): () => Redis {
  let client: Redis
  beforeAll(() => {
    client = new Redis(redis!)
  })
  afterAll(async () => {
    for (const name of names) {
      const keys = await client.keys(`*${name}*`)
      if (keys.length > 0) await client.unlink(keys)
    }
    client.disconnect()
  })
  return () => client
}
