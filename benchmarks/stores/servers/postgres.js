import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createPostgresIndex } from '../../../packages/store-postgres/dist/index.js'
import { cocoLike, dimensions } from '../../search/coco-like.js'
import { seeds } from '../../search/queries.js'

// A dependency of the package, not of this folder.
const pg = createRequire(new URL('../../../packages/store-postgres/package.json', import.meta.url))('pg')

/** An exact index in PostgreSQL over one connection, and beside it a table of pgvector without an index. */
export async function onPostgres({ metric }) {
  const url = process.env.TEST_POSTGRES_URL
  if (!url) throw new Error('TEST_POSTGRES_URL must name a PostgreSQL server.')
  const schema = `bench_exact_${process.pid}`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const [{ pid }] = (await client.query('select pg_backend_pid() as pid')).rows
  const [{ version }] = (await client.query('select version()')).rows
  const [{ shared_buffers: buffers }] = (await client.query('show shared_buffers')).rows
  await client.query(`create schema ${schema}`)
  let statements = 0
  const counted = new Proxy(client, {
    get(target, name) {
      if (name === 'query') statements++
      return typeof target[name] === 'function' ? target[name].bind(target) : target[name]
    },
  })
  return {
    name: `${version.split(' ').slice(0, 2).join(' ')}, shared_buffers ${buffers}`,
    open: () => createPostgresIndex({ client: counted, schema, dimensions, metric }),
    /** What autovacuum would do a little later. */
    settle: () => client.query(`vacuum analyze ${schema}.exact_index_members`),
    requests: () => statements,
    async bytes() {
      const [{ bytes }] = (
        await client.query(
          `select sum(pg_total_relation_size(oid))::float8 as bytes from pg_class where relnamespace = $1::regnamespace and relkind = 'r'`,
          [schema],
        )
      ).rows
      return bytes
    },
    busySeconds: () => cpuSecondsOf(pid),
    peers: async (size) => [await tableOfVectors(client, { schema, metric, size })].filter(Boolean),
    async close() {
      await client.query(`drop schema ${schema} cascade`)
      await client.end()
    },
  }
}

/** How one would do it with pgvector alone and without approximation: a vector a row, all compared. */
async function tableOfVectors(client, { schema, metric, size }) {
  try {
    await client.query('create extension if not exists vector')
  } catch {
    return undefined
  }
  await client.query(`create table ${schema}.naive (id bigint, embedding vector(${dimensions}))`)
  const stream = cocoLike(seeds.images)
  for (let done = 0; done < size; done += 10_000) {
    const vectors = Array.from({ length: Math.min(10_000, size - done) }, () => textOf(stream.next()))
    await client.query(
      `insert into ${schema}.naive select $1::bigint + place, vector::vector
      from unnest($2::text[]) with ordinality as given (vector, place)`,
      [done - 1, vectors],
    )
  }
  const operator = metric === 'cosine' ? '<=>' : '<->'
  return {
    name: 'pgvector, all vectors compared',
    queries: 5,
    async search({ vector, limit }) {
      const { rows } = await client.query(
        `select id::text as id from ${schema}.naive order by embedding ${operator} $1 limit ${limit}`,
        [textOf(vector)],
      )
      return rows.map(({ id }) => id)
    },
  }
}

function textOf(vector) {
  return `[${Array.from(vector).join(',')}]`
}

/** On Linux, and where the server is on this machine; else nothing is known. */
function cpuSecondsOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}
