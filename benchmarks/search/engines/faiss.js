import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { cocoLike, dimensions } from '../coco-like.js'
import { summary } from '../latency.js'
import { countOf, kindNames, queriesOf, seeds } from '../queries.js'
import { recallOf } from '../recall.js'
import { graph, graphSettings } from './graph.js'

const batchSize = 10_000

export function missing() {
  python()
}

/** Faiss runs in Python, which is handed queries and images as raw numbers and returns what it measured. */
export async function measureEngine(job) {
  const program = fileURLToPath(new URL('faiss-process.py', import.meta.url))
  const child = spawn(python(), [program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  })
  const answer = text(child.stdout)
  const exit = once(child, 'exit')
  const kind = job.engine === 'faiss-flat' ? 'flat' : 'hnsw'
  const groups = kindNames.map((name) => ({ name, count: countOf(name, job.queries) }))
  const checked = job.truth.fresh.length
  const header = { kind, dimensions, ...graphOptions(job.ks), ...job, truth: undefined, groups, checked, batchSize }
  await write(child.stdin, `${JSON.stringify(header)}\n`)
  for (const query of queriesOf('fresh', checked)) await write(child.stdin, bytesOf(query))
  for (const { name, count } of groups)
    for (const query of queriesOf(name, count)) await write(child.stdin, bytesOf(query))
  const stream = cocoLike(seeds.images)
  for (let done = 0; done < job.size; done += batchSize) {
    const count = Math.min(batchSize, job.size - done)
    await write(child.stdin, bytesOf(stream.fill(new Float32Array(count * dimensions))))
  }
  child.stdin.end()
  const [code] = await exit
  if (code !== 0) throw new Error(`Faiss ended with ${code}.`)
  const { version, seconds, grown, queries, found, together } = JSON.parse(await answer)
  return {
    settings: kind === 'flat' ? 'exact scan in float32' : graphSettings,
    version,
    build: { seconds, perSecond: job.size / seconds },
    memory: { grown },
    load: loadavg()[0],
    queries: queries.map(({ milliseconds, ...rest }) => ({ ...rest, ...summary(milliseconds) })),
    together,
    recall: recallOf(found, job),
  }
}

const graphOptions = (ks) => ({
  links: graph.links,
  whileBuilding: graph.whileBuilding,
  whileSearching: Object.fromEntries(ks.map((k) => [k, graph.whileSearching(k)])),
})

const bytesOf = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

async function write(stream, data) {
  if (!stream.write(data)) await once(stream, 'drain')
}

/** A Python that has Faiss: the one on the path, or the system's own. */
function python() {
  for (const candidate of ['python3', '/usr/bin/python3']) {
    try {
      execFileSync(candidate, ['-c', 'import faiss'], { stdio: 'ignore' })
      return candidate
    } catch {}
  }
  throw new Error('Faiss for Python is not there; to get it: apt install python3-faiss, or pip install faiss-cpu')
}
