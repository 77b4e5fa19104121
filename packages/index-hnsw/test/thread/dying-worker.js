/** In place of the real one: begins, and dies at the first thing that it is asked for, as `path` says. */
import { parentPort, workerData } from 'node:worker_threads'

if (workerData.path === 'at once') process.exit(4)
parentPort?.on('message', ({ kind, id }) => {
  if (kind === 'end') process.exit()
  if (workerData.path === 'throws') throw new Error('it threw')
  if (workerData.path === 'exits') process.exit(3)
  parentPort?.postMessage({ kind: 'done', id: id + 7, answer: 'of nothing' })
  parentPort?.postMessage({ kind: 'done', id, answer: 'p:1' })
})
parentPort?.postMessage({ kind: 'ready' })
