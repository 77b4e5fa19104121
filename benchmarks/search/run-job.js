import { fork } from 'node:child_process'
import { totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const searchJob = new URL('job.js', import.meta.url)

/** Runs a job in a process of its own, whose program is that of `search` where no other is named, and returns its result. */
export function runJob(job, program = searchJob) {
  const child = fork(fileURLToPath(program), {
    execArgv: ['--expose-gc', `--max-old-space-size=${heapMegabytes(job.size)}`],
    serialization: 'advanced',
  })
  return new Promise((resolve, reject) => {
    let result
    child.once('message', (message) => {
      result = message
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0 && result) resolve(result)
      else reject(new Error(`${job.engine}, ${job.size} images, ${job.metric}: ended with ${signal ?? code}.`))
    })
    child.send(job)
  })
}

/** Node's own limit suffices for a million images; more may take up to nine tenths of the machine. */
function heapMegabytes(size) {
  const most = Math.floor((totalmem() / 2 ** 20) * 0.9)
  return Math.min(most, Math.max(4096, Math.ceil((size * 1000) / 2 ** 20)))
}
