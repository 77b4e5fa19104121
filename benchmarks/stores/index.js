/**
 * `npm run bench:stores`: stores and indexes on real servers, each beside the naive way in the same run, one after the other. See
 * benchmarks/README.md.
 *
 *     npm run bench:stores [-- --size 1000000 --records 100000 --only postgres,exact-redis --write-docs]
 *
 * Servers are those that the environment names, or the engines that `npm run engines -- bring` has brought.
 */
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { enginesForTests } from '../../scripts/engines/for-tests.js'
import { machine } from '../search/machine.js'
import { writeDocs } from '../search/write-docs.js'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1000000' },
    records: { type: 'string', default: '100000' },
    queries: { type: 'string', default: '1000' },
    only: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
  },
})

const engines = enginesForTests()
if (engines.run) {
  // They are here and do not run: this again, with engines of its own.
  const starter = fileURLToPath(new URL('../../scripts/engines/index.js', import.meta.url))
  const { status } = spawnSync(process.execPath, [starter, 'run', '--', process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}
const environment = { ...process.env, ...engines.env }

const exact = (server) =>
  ['euclidean', 'cosine'].map((metric) => [
    'exact-index.js',
    ...['--server', server, '--metric', metric, '--size', values.size, '--queries', values.queries],
  ])
const parts = {
  postgres: { title: 'Records in PostgreSQL', runs: [['postgres.js', '--records', values.records]] },
  redis: { title: 'Records in Redis', runs: [['redis.js', '--records', values.records]] },
  'exact-postgres': { title: 'Exact search in PostgreSQL', runs: exact('postgres') },
  'exact-redis': { title: 'Exact search in Redis', runs: exact('redis') },
  'exact-cluster': { title: 'Exact search in a Redis Cluster', runs: exact('cluster') },
  pgvector: {
    title: 'Approximate search in PostgreSQL',
    runs: [['pgvector.js', '--size', '20000', '--queries', '100']],
  },
}
const wanted = values.only?.split(',') ?? Object.keys(parts)
for (const name of wanted) if (!parts[name]) throw new Error(`No part "${name}": ${Object.keys(parts).join(', ')}.`)

const { cpu, cores, node, date, commit } = machine()
const texts = [`Measured on ${cpu}, ${cores} cores, Node ${node}, ${date}, commit ${commit}; servers on loopback.`]
for (const name of wanted) {
  const { title, runs } = parts[name]
  texts.push(`### ${title}`)
  for (const [script, ...args] of runs) texts.push(await outputOf(script, args))
}
if (values['write-docs']) writeDocs('performance-on-servers.md', 'stores', texts.join('\n\n'))

/** What a benchmark prints; it is also shown as it comes. */
function outputOf(script, args) {
  return new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL(script, import.meta.url))
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: environment,
    })
    const chunks = []
    child.stdout.on('data', (chunk) => {
      chunks.push(chunk)
      process.stdout.write(chunk)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString().trim())
      else reject(new Error(`${script} ended with ${code}.`))
    })
  })
}
