/** Entry of the worker thread: it loads the model, then answers requests until it is told to end. */
import { parentPort, workerData } from 'node:worker_threads'
import { describeImage } from '../image/description.ts'
import { readModel } from '../model/model-bytes.ts'
import { type ModelSession, openSession } from '../model/model-session.ts'
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

    const underWay = new Set<Promise<void>>()
    let ending = false
    const untilTheEnd: ModelSession = {
      async run(...input) {
        if (ending) throw new Error('The thread ends.')
        return session.run(...input)
      },
    }
    const describe = async (id: number, image: Uint8Array) => {
      try {
        reply({ kind: 'done', id, extraction: await describeImage(image, sharp, untilTheEnd, setup) })
      } catch (error) {
        reply({ kind: 'refused', id, error: posted(error) })
      }
    }
    port.on('message', (request: Request) => {
      if (request.kind === 'describe') {
        // Not awaited one after the other: sharp decodes the next image, in threads of its own, while the network
        // computes in this one.
        const description = describe(request.id, request.image).finally(() => underWay.delete(description))
        underWay.add(description)
      } else {
        // onnxruntime aborts the whole process when its thread is stopped amid a run. In here, a message is never read
        // amid a run; what is left is to let the decoding finish.
        ending = true
        void Promise.allSettled(underWay).then(() => process.exit())
      }
    })
    reply({ kind: 'ready', sha256: model.sha256 })
  } catch (error) {
    reply({ kind: 'failed', error: posted(error) })
  }
}

void start()
