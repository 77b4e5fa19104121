/**
 * Entry of the worker thread: it loads hnswlib-node, makes or opens the index, then answers calls until it is told to
 * end.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { RecommenderError } from '@image-recommender/core'
import { loadAddon } from '../graph/addon.ts'
import { GraphIndex } from '../graph-index.ts'
import { openIndex } from '../snapshot/open.ts'
import { type Call, posted, type Reply, type Request, type ThreadSetup } from './messages.ts'
import { NativeGate } from './native-gate.ts'
import { ServedIndex } from './served-index.ts'

const { shape, gate, path } = workerData as ThreadSetup
const port = parentPort!

function reply(message: Reply, handedOver: ArrayBuffer[] = []): void {
  port.postMessage(message, handedOver)
}

async function start(): Promise<void> {
  try {
    const index = await served()
    const underWay = new Set<Promise<void>>()
    port.on('message', (request: Request) => {
      if (request.kind === 'call') {
        const answered = answer(index, request).finally(() => underWay.delete(answered))
        underWay.add(answered)
      } else {
        index.end()
        // Never amid a native call, which would abort the process.
        void Promise.all(underWay).then(() => process.exit())
      }
    })
    reply({ kind: 'ready' })
  } catch (error) {
    reply({ kind: 'failed', error: posted(error) })
  }
}

async function served(): Promise<ServedIndex> {
  const index = new GraphIndex({ addon: await loadAddon(), gate: new NativeGate(gate) }, shape)
  if (path === undefined) return new ServedIndex(index, shape)
  try {
    return new ServedIndex(index, shape, await openIndex(path, shape, index))
  } catch (cause) {
    const message = `The index could not be opened from ${path}: ${(cause as Error).message}. Begin with an empty one (createHnswIndex); it is filled from the store.`
    throw new RecommenderError('INDEX_FAILED', message, { cause })
  }
}

async function answer(index: ServedIndex, { id, name, given }: Call): Promise<void> {
  try {
    const answer = await (index[name] as (given: unknown) => Promise<unknown>)(given)
    reply({ kind: 'done', id, answer }, buffersOf(answer))
  } catch (error) {
    reply({ kind: 'refused', id, error: posted(error) })
  }
}

/** What is an answer's own, and moves to the other thread instead of being copied. */
function buffersOf(answer: unknown): ArrayBuffer[] {
  if (typeof answer !== 'object' || answer === null) return []
  return Object.values(answer)
    .filter(ArrayBuffer.isView)
    .map(({ buffer }) => buffer as ArrayBuffer)
}

void start()
