/** One measurement, in a process of its own, so that what others left behind disturbs neither its memory nor its speed. */
import { loadEngine } from './engines/index.js'
import { findTruth } from './truth.js'

process.once('message', async (job) => {
  const result = job.engine === 'truth' ? findTruth(job) : await (await loadEngine(job.engine)).measureEngine(job)
  process.send(result, () => process.disconnect())
})
