/**
 * How fast similar images are found, beside other engines on the same images in the same run.
 *
 *     node benchmarks/search/index.js [--sizes 5000,100000,1000000] [--engines ours,flat-js] [--json FILE] …
 *
 * Every result of ours and of the plain scan is checked to the last bit against the true distances; the run fails if one
 * differs. Build first: npm run build.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { largestFor, loadEngine } from './engines/index.js'
import { machine } from './machine.js'
import { readOptions } from './options.js'
import { report } from './report.js'
import { runJob } from './run-job.js'
import { writeDocs } from './write-docs.js'

const options = readOptions()
if (options.join) {
  publish(options.join.map((file) => report(JSON.parse(readFileSync(file, 'utf8')))).join('\n\n'))
  process.exit()
}
const engines = await present(options.engines)
const results = []
for (const size of options.sizes) {
  for (const metric of options.metrics) {
    const { ks, queries, budget, ids } = options
    const job = { size, metric, ks, queries, budget, ids }
    say(`${size} images, ${metric}: the true neighbours`)
    const truth = await runJob({ ...job, engine: 'truth' })
    for (const engine of engines) {
      if (size > largestFor(engine)) continue
      say(`${size} images, ${metric}: ${engine}`)
      results.push({ engine, size, metric, ...(await runJob({ ...job, engine, truth })) })
      save()
    }
  }
}
publish(report(measured()))

function publish(tables) {
  console.log(tables)
  if (options.writeDocs) writeDocs('performance.md', 'search', tables)
}

/** Leaves out the engines that are not on this machine, and says how to get them. */
async function present(names) {
  const found = []
  for (const name of names) {
    try {
      const { missing } = await loadEngine(name)
      await missing()
      found.push(name)
    } catch (error) {
      if (name === 'ours') throw error
      say(`without ${name}: ${error.message}`)
    }
  }
  return found
}

/** After each measurement, so that one that fails takes none of those before with it. */
function save() {
  if (options.json) writeFileSync(options.json, `${JSON.stringify(measured(), null, 2)}\n`)
}

function measured() {
  return { machine: machine(), options, results }
}

function say(text) {
  console.error(text)
}
