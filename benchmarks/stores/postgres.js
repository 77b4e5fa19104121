/**
 * How fast `createPostgresStore` takes and gives whole records with tags and its feed, beside an application that writes a
 * row at a time into a table of its own, and how soon another process hears of a change.
 *
 *     TEST_POSTGRES_URL=postgres://… node benchmarks/stores/postgres.js [--records 100000] [--rounds 3]
 *
 * Prints the best of the rounds, as machines are shared, and the medians beside it. Packages must be built.
 */
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { createPostgresStore } from '../../packages/store-postgres/dist/index.js'
import { cocoLike, dimensions } from '../search/coco-like.js'
import { summary } from '../search/latency.js'
import { machine } from '../search/machine.js'
import { grouped } from '../search/markdown.js'
import { Random } from '../search/vectors/random.js'

// A dependency of the package, not of this folder.
const pg = createRequire(new URL('../../packages/store-postgres/package.json', import.meta.url))('pg')

const { values } = parseArgs({
  options: { records: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '3' } },
})
const [total, rounds] = [values.records, values.rounds].map(Number)
const few = Math.min(2000, total)
const AT_ONCE = 10_000
const schema = 'bench_stores'

if (!process.env.TEST_POSTGRES_URL) throw new Error('TEST_POSTGRES_URL must name a PostgreSQL server.')
const pool = new pg.Pool({ connectionString: process.env.TEST_POSTGRES_URL, max: 4 })
const [{ version }] = (await pool.query('select version()')).rows

const figures = new Map()
for (let round = 0; round < rounds; round++) {
  await pool.query(`drop schema if exists ${schema} cascade`)
  await pool.query(`create schema ${schema}`)
  await measureNaive()
  await measureStore()
}
await measureHearing()
await pool.query(`drop schema ${schema} cascade`)
await pool.end()
report()

/** A table as one would make it, one awaited statement for each record. */
async function measureNaive() {
  await pool.query(`create table ${schema}.naive (
    id text primary key, space_id text, vector real[], objects jsonb, appearance jsonb, width integer, height integer,
    tags text[], metadata jsonb, content_hash text, embedding jsonb)`)
  await pool.query(`create index on ${schema}.naive using gin (tags)`)
  const insert = `insert into ${schema}.naive values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (id) do update set space_id = excluded.space_id, vector = excluded.vector, objects = excluded.objects,
      appearance = excluded.appearance, width = excluded.width, height = excluded.height, tags = excluded.tags,
      metadata = excluded.metadata, content_hash = excluded.content_hash, embedding = excluded.embedding`
  const records = stream(1).next(few)
  await timed('put: a row at a time, as one would', few, async () => {
    for (const it of records) {
      await pool.query(insert, [
        it.id,
        it.spaceId,
        [...it.vector],
        JSON.stringify(it.objects),
        JSON.stringify(it.appearance),
        it.width,
        it.height,
        it.tags,
        JSON.stringify(it.metadata),
        it.contentHash,
        JSON.stringify(it.embedding),
      ])
    }
  })
  await timed('get: a row at a time, as one would', few, async () => {
    for (const { id } of records) await pool.query(`select * from ${schema}.naive where id = $1`, [id])
  })
}

async function measureStore() {
  const store = await createPostgresStore({ client: pool, schema })
  const single = stream(2).next(few)
  await timed('put: store, a record per call', few, async () => {
    for (const record of single) await store.put([record])
  })
  for (const [name, size] of [
    ['put: store, 500 per call', 500],
    [`put: store, ${AT_ONCE} per call`, AT_ONCE],
  ]) {
    await pool.query(`truncate ${schema}.images, ${schema}.images_changes`)
    const source = stream(3)
    await timedParts(name, async (part) => {
      for (let done = 0; done < total; done += AT_ONCE) {
        const records = source.next(Math.min(AT_ONCE, total - done))
        await part(records.length, async () => {
          for (let at = 0; at < records.length; at += size) await store.put(records.slice(at, at + size))
        })
      }
    })
  }
  await pool.query(`truncate ${schema}.images, ${schema}.images_changes`)
  const both = stream(3)
  await timedParts(`put: store, ${AT_ONCE} per call, 2 at once`, async (part) => {
    for (let done = 0; done < total; done += 2 * AT_ONCE) {
      const calls = [
        both.next(Math.min(AT_ONCE, total - done)),
        both.next(Math.max(0, Math.min(AT_ONCE, total - done - AT_ONCE))),
      ]
      await part(calls[0].length + calls[1].length, () => Promise.all(calls.map((records) => store.put(records))))
    }
  })
  const source = stream(3)
  const ids = []
  await timedParts(`put: store, ${AT_ONCE} per call, all there before`, async (part) => {
    for (let done = 0; done < total; done += AT_ONCE) {
      const records = source.next(Math.min(AT_ONCE, total - done))
      ids.push(...records.map(({ id }) => id))
      await part(records.length, () => store.put(records))
    }
  })
  await timed('scan: store', total, async () => {
    let count = 0
    for await (const _ of store.scan()) count++
    if (count !== total) throw new Error(`scanned ${count} of ${total}`)
  })
  await timed('get: store, 500 per call', total, async () => {
    for (let at = 0; at < total; at += 500) await store.get(ids.slice(at, at + 500))
  })
  await timed('get: store, a record per call', few, async () => {
    for (const id of ids.slice(0, few)) await store.get([id])
  })
  await timed('changes: from the beginning', total, async () => {
    let count = 0
    for await (const batch of store.changes()) {
      if (batch.length === 0) break
      count += batch.length
    }
    if (count !== total) throw new Error(`the feed named ${count} of ${total}`)
  })
  await timed(`delete: store, ${AT_ONCE} per call`, total, async () => {
    for (let at = 0; at < total; at += AT_ONCE) await store.delete(ids.slice(at, at + AT_ONCE))
  })
  await store.close()
}

/** From when a put has resolved to when a reader over another pool has the change. */
async function measureHearing() {
  const far = new pg.Pool({ connectionString: process.env.TEST_POSTGRES_URL, max: 4 })
  const [writer, reader] = [
    await createPostgresStore({ client: pool, schema }),
    await createPostgresStore({ client: far, schema }),
  ]
  const records = stream(9).next(200)
  await writer.put(records)
  const heard = new Map()
  const stop = new AbortController()
  const reading = (async () => {
    for await (const batch of reader.changes({ signal: stop.signal })) {
      for (const { id } of batch) heard.get(id)?.(performance.now())
    }
  })()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const delays = []
  for (const record of records) {
    const arrival = new Promise((resolve) => heard.set(record.id, resolve))
    await writer.put([record])
    const written = performance.now()
    delays.push(Math.max(0, (await arrival) - written))
  }
  stop.abort()
  await reading
  await writer.close()
  await reader.close()
  await far.end()
  figures.set('heard', delays)
}

async function timed(name, count, work) {
  await timedParts(name, (part) => part(count, work))
}

/** Times parts of some work: what lies between them, making records, does not count. */
async function timedParts(name, work) {
  let [count, milliseconds, cpu] = [0, 0, 0]
  const delays = monitorEventLoopDelay({ resolution: 1 })
  await work(async (size, part) => {
    delays.enable()
    const [start, used] = [performance.now(), process.cpuUsage()]
    await part()
    milliseconds += performance.now() - start
    const { user, system } = process.cpuUsage(used)
    delays.disable()
    count += size
    cpu += user + system
  })
  if (!figures.has(name)) figures.set(name, [])
  figures.get(name).push({ perSecond: (1000 * count) / milliseconds, cpu: cpu / count, late: delays.max / 1e6 })
}

function report() {
  const { cpu, cores, node, date } = machine()
  console.log(`${total} records of some ${Math.round(bytesOf(stream(1).next(100)))} bytes, ${rounds} rounds, ${date}`)
  console.log(
    `${cpu}, ${cores} cores, Node ${node}, ${version.split(',')[0]}, loopback, fsync on, one connection at work\n`,
  )
  console.log('| what | records/s | median | beside a row at a time | CPU here, µs each | longest pause, ms |')
  console.log('|---|---:|---:|---:|---:|---:|')
  const base = { put: best('put: a row at a time, as one would'), get: best('get: a row at a time, as one would') }
  for (const [name, all] of figures) {
    if (name === 'heard') continue
    const beside = name.startsWith('put') ? base.put : name.startsWith('get') || name.startsWith('scan') ? base.get : 0
    console.log(
      `| ${name} | ${grouped(best(name))} | ${grouped(median(all.map((one) => one.perSecond)))} | ${
        beside ? `${(best(name) / beside).toFixed(1)} ×` : ''
      } | ${Math.min(...all.map((one) => one.cpu)).toFixed(1)} | ${Math.min(...all.map(({ late }) => late)).toFixed(0)} |`,
    )
  }
  const { p50, p99, max } = summary(figures.get('heard'))
  console.log(
    `\nAnother process hears of a put after ${p50.toFixed(1)} ms (p50), ${p99.toFixed(1)} ms (p99), ${max.toFixed(1)} ms (max); it would poll after 1000 ms.`,
  )
}

function best(name) {
  return Math.max(...figures.get(name).map(({ perSecond }) => perSecond))
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1]
}

function bytesOf(records) {
  return records.reduce((sum, record) => sum + JSON.stringify({ ...record, vector: 0 }).length, 0) / records.length
}

/** A stream of records like those of photographs, the same ones for the same seed. */
function stream(seed) {
  const draw = cocoLike(seed)
  const random = new Random(seed)
  const share = () => Math.fround(random.fraction() / 2)
  const color = () =>
    [100 * random.fraction(), 100 * random.fraction() - 50, 100 * random.fraction() - 50].map(Math.fround)
  let number = 0
  const next = () => {
    const vector = draw.next()
    const hash = createHash('sha256').update(`${seed}/${number}`).digest('hex')
    const object = (axis, score) => ({ axis, score, box: [share(), share(), share(), share()], color: color() })
    const objects = []
    for (let axis = 0; axis < dimensions; axis++) if (vector[axis] > 0) objects.push(object(axis, vector[axis]))
    // Most detectors find something besides, of which they are not sure.
    objects.push(object(1 + random.below(80), Math.fround(0.3 + 0.4 * random.fraction())))
    objects.sort((a, b) => b.score - a.score)
    return {
      // Ids come in no order, as those of uploads do.
      id: `${hash.slice(0, 8)}-${number++}`,
      spaceId: 'mask-rcnn-r50-fpn-12/4409935e/800',
      objects,
      vector,
      width: 640,
      height: 480,
      appearance: {
        palette: Array.from({ length: 5 }, () => ({ color: color(), share: Math.fround(random.fraction() / 5) })),
        hash: hash.slice(0, 16),
      },
      tags: [`album:${Math.floor(2000 * random.fraction() ** 2)}`, `year:${2000 + random.below(25)}`],
      metadata: { title: `Photo ${number}`, takenAt: '2024-06-01T12:00:00Z', camera: 'X100' },
      contentHash: hash,
      embedding: null,
    }
  }
  return { next: (count) => Array.from({ length: count }, next) }
}
