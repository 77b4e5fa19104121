import { parentPort, workerData } from 'node:worker_threads'
import { readModel } from '../model/model-bytes.ts'
import { openSession } from '../model/model-session.ts'
import { loadSharp } from '../model/native-packages.ts'
import type { ModelFamily } from '../model-family.ts'
import { giveWay } from './give-way.ts'
import { Pipeline } from './pipeline.ts'
import { posted, type Reply, type Request, type ThreadSetup } from './thread-messages.ts'

/** What the worker thread of an extractor does: it loads the model, then answers requests until it is told to end. */
export async function runWorker<Settings>(familyOf: (settings: Settings) => ModelFamily): Promise<void> {
  const { model: source, threads, maxPixels, settings } = workerData as ThreadSetup<Settings>
  const port = parentPort!
  const reply = (message: Reply) => port.postMessage(message)
  // Before the model is loaded: the runtime's own threads are started then.
  giveWay()
  try {
    const family = familyOf(settings)
    const sharp = await loadSharp()
    const model = await readModel(
      source,
      family.outputs.map(({ name }) => name),
    )
    const session = await openSession(source, model, family, threads)
    const pipeline = new Pipeline(sharp, session, family, maxPixels)
    port.on('message', (request: Request) => {
      if (request.kind === 'describe') {
        const { id, image } = request
        pipeline.add({
          id,
          image,
          done: (extraction) => reply({ kind: 'done', id, extraction }),
          refused: (error) => reply({ kind: 'refused', id, error: posted(error) }),
        })
      } else if (request.kind === 'cancel') pipeline.cancel(request.id)
      // onnxruntime aborts the whole process when its thread is stopped amid a run. In here, a message is never read
      // amid a run; what is left is to let the decoding finish.
      else void pipeline.end().then(() => process.exit())
    })
    reply({ kind: 'ready', sha256: model.sha256 })
  } catch (error) {
    reply({ kind: 'failed', error: posted(error) })
  }
}
