// Stands in for the worker thread: it speaks its messages, and does what the first byte of an image says.
import { parentPort, workerData } from 'node:worker_threads'

const { model, name } = workerData

if (model.path === 'broken') {
  parentPort.postMessage({ kind: 'failed', error: { code: 'MODEL_CORRUPT', message: 'broken', cause: 'because' } })
} else {
  parentPort.on('message', ({ kind, id, image }) => {
    if (kind === 'end') return process.exit()
    if (kind === 'cancel')
      return parentPort.postMessage({ kind: 'refused', id, error: { code: 'ABORTED', message: 'cancelled' } })
    const extraction = {
      objects: [],
      vector: new Float32Array(1),
      width: image[1],
      height: image.length,
      appearance: name,
    }
    const done = { kind: 'done', id, extraction }
    const [order] = image
    if (order === 0) parentPort.postMessage(done)
    if (order === 1) setTimeout(() => parentPort.postMessage(done), 150)
    if (order === 2) process.exit(7)
    if (order === 3) throw new Error('thrown inside the thread')
    if (order === 4)
      parentPort.postMessage({ kind: 'refused', id, error: { code: 'IMAGE_UNREADABLE', message: 'no', cause: 'why' } })
    // Order 5 is never answered, and 6 only by a thread that is not the first.
    if (order === 6 && name > 0) parentPort.postMessage(done)
  })
  parentPort.postMessage({ kind: 'ready', sha256: 'abc' })
}
