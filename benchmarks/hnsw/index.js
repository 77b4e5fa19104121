/**
 * The HNSW index beside the exact one, on the same vectors in the same run: what it finds, how fast, and what it costs.
 *
 *     node benchmarks/hnsw/index.js [--sets objects:100000,dense-128:100000] [--metric cosine] [--write-docs] …
 *
 * Build first: npm run build. hnswlib-node must have been compiled.
 */
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { machine } from '../search/machine.js'
import { runJob } from '../search/run-job.js'
import { writeDocs } from '../search/write-docs.js'
import { report } from './report.js'

const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: 'objects:100000,dense-128:100000,dense-512:50000' },
    metric: { type: 'string', default: 'cosine' },
    k: { type: 'string', default: '30' },
    queries: { type: 'string', default: '1000' },
    'ef-search': { type: 'string', default: '50,200,800' },
    json: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
  },
})
const options = {
  metric: values.metric,
  k: Number(values.k),
  queries: Number(values.queries),
  efSearch: values['ef-search'].split(',').map(Number),
}
const program = new URL('job.js', import.meta.url)
const results = []
const loads = [loadavg()[0]]
for (const set of values.sets.split(',')) {
  const [kind, size] = set.split(':')
  for (const engine of ['exact', 'hnsw']) {
    console.error(`${kind}, ${size} images: ${engine}`)
    results.push(await runJob({ ...options, kind, engine, size: Number(size) }, program))
    loads.push(loadavg()[0])
    if (values.json) writeFileSync(values.json, JSON.stringify(measured(), null, 2))
  }
}
const text = report(measured())
console.log(text)
if (values['write-docs']) writeDocs('hnsw.md', 'hnsw', text)

function measured() {
  return { machine: machine(), options, loads, results }
}
