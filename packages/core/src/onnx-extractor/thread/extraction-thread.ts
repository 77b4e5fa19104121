import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { RecommenderError } from '../../errors.ts'
import type { Extraction } from '../../feature-extractor.ts'
import { receivedError } from '../../posted-error.ts'
import { inheritedFlags } from '../../worker-flags.ts'
import type { Reply, Request, ThreadSetup } from './thread-messages.ts'

/** No image takes that long, on whatever processor. */
const HANGING_AFTER_MS = 120_000

interface Waiter {
  readonly resolve: (extraction: Extraction) => void
  readonly reject: (error: RecommenderError) => void
}

export interface RunningExtraction {
  /** Rejects with what the thread refuses the image with, or, where the thread has died, says so; then the thread is `dead`. */
  readonly extraction: Promise<Extraction>
  /** What has not come to the network yet does not come to it any more, and is refused. */
  cancel(): void
}

/** One worker thread with the model in it, seen from the application's thread. */
export class ExtractionThread {
  /** The SHA-256 of the model, once it is loaded and checked. */
  readonly ready: Promise<string>
  readonly #worker: Worker
  readonly #underWay = new Map<number, Waiter>()
  #lastId = 0
  #dead = false

  constructor(entry: URL, setup: ThreadSetup) {
    this.#worker = new Worker(entry, { name: 'image-recommender', workerData: setup, ...inheritedFlags() })
    this.ready = new Promise((resolve, reject) => {
      let cause: unknown
      this.#worker.on('message', (reply: Reply) => {
        if (reply.kind === 'ready') resolve(reply.sha256)
        else if (reply.kind === 'failed') {
          this.#dead = true
          reject(receivedError(reply.error))
          void this.#worker.terminate()
        } else this.#answer(reply)
      })
      this.#worker.on('error', (error) => {
        cause = error
      })
      this.#worker.on('exit', (exitCode) => {
        this.#dead = true
        const reason = cause instanceof Error ? cause.message : `it ended with exit code ${exitCode}`
        const error = new RecommenderError('EXTRACTOR_FAILED', `The worker thread died: ${reason}.`, {
          cause,
        })
        reject(error)
        for (const waiter of this.#underWay.values()) waiter.reject(error)
        this.#underWay.clear()
      })
    })
    // Whoever awaits it sees the error; nobody has to.
    this.ready.catch(() => {})
  }

  get dead(): boolean {
    return this.#dead
  }

  /** How many images it has been given and not answered yet. */
  get load(): number {
    return this.#underWay.size
  }

  /** Images are described one after the other. */
  extract(image: Uint8Array): RunningExtraction {
    const id = ++this.#lastId
    const extraction = new Promise<Extraction>((resolve, reject) => {
      // Cloned, not handed over: if this thread dies, another one needs the bytes.
      this.#post({ kind: 'describe', id, image })
      this.#underWay.set(id, { resolve, reject })
    })
    return { extraction, cancel: () => this.#post({ kind: 'cancel', id }) }
  }

  /** Whether this thread keeps the process alive. */
  hold(busy: boolean): void {
    if (busy) this.#worker.ref()
    else this.#worker.unref()
  }

  /**
   * Resolves when the thread has ended: after what it computes at the moment, since stopping it amid a run aborts the
   * process. One that hangs is stopped after a while all the same.
   */
  async end(): Promise<void> {
    if (this.#dead) return
    const exited = once(this.#worker, 'exit')
    this.hold(true)
    this.#post({ kind: 'end' })
    const hanging = setTimeout(() => void this.#worker.terminate(), HANGING_AFTER_MS)
    await exited
    clearTimeout(hanging)
  }

  #post(request: Request): void {
    this.#worker.postMessage(request)
  }

  #answer(reply: Extract<Reply, { id: number }>): void {
    const waiter = this.#underWay.get(reply.id)
    this.#underWay.delete(reply.id)
    if (reply.kind === 'done') waiter?.resolve(reply.extraction)
    else waiter?.reject(receivedError(reply.error))
  }
}
