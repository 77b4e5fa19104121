import { Worker } from 'node:worker_threads'
import { RecommenderError } from '@image-recommender/core'
import { inheritedFlags, receivedError } from '@image-recommender/core/parts'
import type { IndexShape } from '../options.ts'
import type { Calls, Reply, Request, ThreadSetup } from './messages.ts'
import { NativeGate, shutAtExit } from './native-gate.ts'

const ownEntry = new URL('./hnsw-worker.js', import.meta.url)

interface Waiter {
  readonly resolve: (answer: never) => void
  readonly reject: (error: RecommenderError) => void
}

/** The worker thread with the index in it, seen from the application's thread. */
export class IndexThread {
  readonly #worker: Worker
  readonly #underWay = new Map<number, Waiter>()
  #lastId = 0
  #isReady = false
  #isEnding = false
  /** Why it can answer no more. */
  #over: RecommenderError | undefined

  private constructor(worker: Worker, gate: NativeGate) {
    this.#worker = worker
    const forget = shutAtExit(gate)
    let cause: unknown
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', (exitCode) => {
      forget()
      const reason = cause instanceof Error ? cause.message : `it ended with exit code ${exitCode}`
      const message = this.#isReady
        ? `The thread of the index died: ${reason}. Make another index, or open a saved one; it is filled from the store.`
        : `The thread of the index could not start: ${reason}. It is a file of this package: where a bundler has taken the package in, leave it out there (external: @image-recommender/index-hnsw).`
      this.#rejectAll(this.#over ?? new RecommenderError('INDEX_FAILED', message, { cause }))
    })
  }

  /** @param path of the snapshot to open; without, the index begins empty */
  static async start(shape: IndexShape, path?: string, entry = ownEntry): Promise<IndexThread> {
    const gate = NativeGate.memory()
    const workerData: ThreadSetup = { shape, gate, path }
    const worker = new Worker(entry, { name: 'image-recommender', workerData, ...inheritedFlags() })
    const thread = new IndexThread(worker, new NativeGate(gate))
    await thread.#begun()
    return thread
  }

  call<Name extends keyof Calls>(
    name: Name,
    given: Parameters<Calls[Name]>[0],
    handedOver: ArrayBuffer[] = [],
  ): Promise<ReturnType<Calls[Name]>> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#over)
      const id = ++this.#lastId
      this.#post({ kind: 'call', id, name, given }, handedOver)
      this.#underWay.set(id, { resolve, reject })
      this.#hold()
    })
  }

  /** All that is under way fails with this error, and all that is asked for from now on. */
  #rejectAll(error: RecommenderError): void {
    this.#over = error
    for (const { reject } of this.#underWay.values()) reject(error)
    this.#underWay.clear()
  }

  /**
   * Resolves when the thread has answered what is under way and ended, by itself: stopping it amid a native call would
   * abort the process.
   */
  async end(): Promise<void> {
    if (this.#over) return
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#isEnding = true
    this.#hold()
    this.#post({ kind: 'end' })
    await exited
  }

  /** Resolves when the thread is ready. */
  async #begun(): Promise<void> {
    await new Promise<undefined>((resolve, reject) => {
      this.#underWay.set(0, { resolve, reject })
      this.#worker.on('message', (reply: Reply) => {
        if (reply.kind === 'ready') {
          this.#isReady = true
          this.#settle(0, ({ resolve }) => resolve(undefined as never))
        } else if (reply.kind === 'failed') this.#fail(receivedError(reply.error))
        else if (reply.kind === 'done') this.#settle(reply.id, ({ resolve }) => resolve(reply.answer as never))
        else this.#settle(reply.id, ({ reject }) => reject(receivedError(reply.error)))
      })
    })
  }

  /** It could not begin, and ends: nothing holds it any more. */
  #fail(error: RecommenderError): void {
    this.#rejectAll(error)
    this.#hold()
  }

  /** The process stays alive as long as somebody waits for an answer or the end, and no longer. */
  #hold(): void {
    if (this.#underWay.size > 0 || this.#isEnding) this.#worker.ref()
    else this.#worker.unref()
  }

  #settle(id: number, how: (waiter: Waiter) => void): void {
    const waiter = this.#underWay.get(id)
    this.#underWay.delete(id)
    if (waiter) how(waiter)
    this.#hold()
  }

  #post(request: Request, handedOver: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, handedOver)
  }
}
