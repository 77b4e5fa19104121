/**
 * How fast images are described, how much of the time is the network's, and what the application feels of it.
 *
 *     npm run bench:extraction [-- --model FILE --images 200 --workers 1x1,1x2,2x1 --rounds 3 --only ingest --write-docs] …
 *
 * Build first: npm run build.
 */
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { machine } from '../search/machine.js'
import { writeDocs } from '../search/write-docs.js'
import { report } from './report.js'
import { inOwnProcess } from './setting.js'

const { values } = parseArgs({
  options: {
    /** With the contract of the ONNX Model Zoo; the demo's by default. */
    model: { type: 'string' },
    images: { type: 'string' },
    /** Workers × threads of each. */
    workers: { type: 'string', default: `1x1,1x${cpus().length},2x1,4x1` },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'ingest,decoding,refusals,memory' },
    json: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
  },
})
const model = values.model === undefined ? undefined : resolve(values.model)
const count = Number(values.images ?? (model === undefined ? 200 : 12))
// As large as most photographs of COCO, where the model is one for photographs.
const size = model === undefined ? undefined : [640, 480]
const kinds = values.workers.split(',').map((kind) => kind.split('x').map(Number))
const parts = values.only.split(',')
const measured = {
  machine: machine(),
  model: model === undefined ? 'demo' : 'full',
  count,
  ingests: [],
  loads: [loadavg()[0]],
}

if (parts.includes('ingest')) {
  // Rounds, not one kind after the other: what disturbs the machine for a while disturbs all of them.
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const [workers, threads] of kinds) {
      const result = await inOwnProcess('ingest.js', { model, workers, threads, count, size })
      measured.ingests.push({ workers, threads, round, ...result })
      note(`round ${round}, ${workers} × ${threads}: ${result.rate.toFixed(2)} images/s`)
    }
  }
}
if (parts.includes('decoding')) {
  measured.decoding = await inOwnProcess('decoding.js', { model, threads: 1, rounds: model === undefined ? 30 : 7 })
  note('decoding')
}
if (parts.includes('refusals')) {
  measured.refusals = await inOwnProcess('refusals.js', { rounds: 20 })
  note('refusals')
}
if (parts.includes('memory')) {
  measured.fakeMemory = await inOwnProcess('memory.js', { fake: true, count: 100_000 })
  note('memory, 100,000 images of the fake extractor')
  measured.demoMemory = await inOwnProcess('memory.js', { fake: false, count: 5000 })
  note('memory, 5,000 images of the demo model')
}

const text = report(measured)
console.log(text)
if (values['write-docs']) writeDocs('extraction.md', `extraction-${measured.model}`, text)

function note(what) {
  console.error(what)
  measured.loads.push(loadavg()[0])
  if (values.json) writeFileSync(values.json, JSON.stringify(measured, null, 2))
}
