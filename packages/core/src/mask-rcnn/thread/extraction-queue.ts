import { RecommenderError } from '../../errors.ts'
import type { Extraction } from '../../feature-extractor.ts'
import type { ExtractionThread } from './extraction-thread.ts'

/** Images that a thread holds at once: while the network computes one, the next is decoded. */
const DEPTH = 2

interface Job {
  readonly image: Uint8Array<ArrayBuffer>
  /** Each settles the promise once; further calls do nothing. */
  readonly resolve: (extraction: Extraction) => void
  readonly reject: (error: RecommenderError) => void
}

/**
 * Hands images to a thread in the order in which they came, and starts another one when it dies. A dead thread is
 * replaced when there is work for the next one, so that a thread that cannot start does not try for ever.
 */
export class ExtractionQueue {
  readonly #start: () => ExtractionThread
  readonly #waiting: Job[] = []
  /** Waiting or under way, and not yet given up. */
  readonly #open = new Set<Job>()
  #thread: ExtractionThread
  #closing: Promise<void> | undefined

  /** @param start makes a thread; @param first one that is ready */
  constructor(start: () => ExtractionThread, first: ExtractionThread) {
    this.#start = start
    this.#thread = first
    this.#thread.hold(false)
  }

  /** @param image is handed over */
  add(image: Uint8Array<ArrayBuffer>, signal: AbortSignal | undefined): Promise<Extraction> {
    const { promise, resolve, reject } = withResolvers<Extraction>()
    const settle = () => {
      signal?.removeEventListener('abort', abort)
      this.#open.delete(job)
      this.#hold()
    }
    const job: Job = {
      image,
      resolve: (extraction) => {
        settle()
        resolve(extraction)
      },
      reject: (error) => {
        settle()
        reject(error)
      },
    }
    const abort = () => {
      const at = this.#waiting.indexOf(job)
      if (at >= 0) this.#waiting.splice(at, 1)
      job.reject(aborted(signal))
    }
    signal?.addEventListener('abort', abort)
    this.#open.add(job)
    this.#waiting.push(job)
    this.#hold()
    this.#dispatch()
    return promise
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#waiting.length = 0
    for (const job of this.#open) job.reject(closed())
    await this.#thread.end()
  }

  /** The process stays alive as long as somebody waits for an answer, and no longer. */
  #hold(): void {
    this.#thread.hold(this.#open.size > 0)
  }

  #dispatch(): void {
    if (this.#closing !== undefined) return
    if (this.#thread.dead && this.#waiting.length > 0) this.#replace()
    while (this.#waiting.length > 0 && this.#thread.load < DEPTH && !this.#starting) {
      const job = this.#waiting.shift()!
      void this.#thread
        .extract(job.image)
        .then(job.resolve, job.reject)
        .finally(() => this.#dispatch())
    }
  }

  #starting = false

  #replace(): void {
    const thread = this.#start()
    this.#thread = thread
    this.#starting = true
    this.#hold()
    const started = () => {
      this.#starting = false
    }
    thread.ready
      .finally(started)
      .catch((cause: RecommenderError) => {
        const message = `The worker thread died and no other could be started: ${cause.message}`
        for (const job of this.#waiting.splice(0))
          job.reject(new RecommenderError('EXTRACTOR_FAILED', message, { cause }))
      })
      .finally(() => this.#dispatch())
  }
}

export function aborted(signal: AbortSignal | undefined): RecommenderError {
  return new RecommenderError('ABORTED', 'The extraction was aborted by its signal.', { cause: signal?.reason })
}

export function closed(): RecommenderError {
  return new RecommenderError('CLOSED', 'The extractor has been closed. Create another one.')
}

/** Promise.withResolvers, which Node has from version 22. */
function withResolvers<Value>() {
  let resolve!: (value: Value) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
