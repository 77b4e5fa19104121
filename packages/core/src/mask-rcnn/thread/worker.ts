/** Entry of the worker thread: it loads the model, then answers requests until it is terminated. */
import { parentPort, workerData } from 'node:worker_threads'
import { describeImage } from '../image/description.ts'
import { readModel } from '../model/model-bytes.ts'
import { openSession } from '../model/model-session.ts'
import { loadSharp } from '../model/native-packages.ts'
import { posted, type Reply, type Request, type ThreadSetup } from './thread-messages.ts'

const setup = workerData as ThreadSetup
const port = parentPort!

function reply(message: Reply): void {
  port.postMessage(message)
}

async function start(): Promise<void> {
  try {
    const sharp = await loadSharp()
    const model = await readModel(setup.model)
    const session = await openSession(setup.model, model, setup.contract, setup.threads)

    // Requests are not awaited one after the other: sharp decodes the next image, in threads of its own, while the
    // network computes in this one.
    port.on('message', async ({ id, image }: Request) => {
      try {
        reply({ kind: 'done', id, extraction: await describeImage(image, sharp, session, setup) })
      } catch (error) {
        reply({ kind: 'refused', id, error: posted(error) })
      }
    })
    reply({ kind: 'ready', sha256: model.sha256 })
  } catch (error) {
    reply({ kind: 'failed', error: posted(error) })
  }
}

void start()
