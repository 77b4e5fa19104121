import { RecommenderError } from '../../errors.ts'
import type { Extraction } from '../../feature-extractor.ts'
import { AbortListeners } from './abort-listeners.ts'
import type { ExtractionThread } from './extraction-thread.ts'
import { ThreadPool } from './thread-pool.ts'

interface Job {
  /** Earlier ones go first, also when they have to be begun again. */
  readonly order: number
  readonly image: Uint8Array
  /** Each settles the promise once; further calls do nothing. */
  readonly resolve: (extraction: Extraction) => void
  readonly reject: (error: RecommenderError) => void
  /** How many threads have died with this image in their hands. */
  deaths: number
  /** Of the thread that has it. */
  cancel: (() => void) | undefined
}

export interface QueueLimits {
  /** How many threads there may be. */
  readonly workers: number
  /** How many images may wait for one. */
  readonly maxWaiting: number
}

/**
 * Hands images to threads in the order in which they came. When a thread dies, what it had is begun again once, each image in
 * a thread of its own, so that none is blamed for its neighbour.
 */
export class ExtractionQueue {
  readonly #pool: ThreadPool
  readonly #maxWaiting: number
  readonly #waiting: Job[] = []
  /** Waiting or under way, and not yet given up. */
  readonly #open = new Set<Job>()
  readonly #aborts = new AbortListeners()
  #lastOrder = 0
  #closing: Promise<void> | undefined

  /** @param start makes a thread; @param first one that is ready */
  constructor(start: () => ExtractionThread, first: ExtractionThread, { workers, maxWaiting }: QueueLimits) {
    this.#pool = new ThreadPool(start, first, workers)
    this.#maxWaiting = maxWaiting
  }

  /** @param image must not change any more */
  add(image: Uint8Array, signal: AbortSignal | undefined): Promise<Extraction> {
    const { promise, resolve, reject } = withResolvers<Extraction>()
    const settle = () => {
      if (signal) this.#aborts.remove(signal, abort)
      this.#open.delete(job)
      this.#hold()
    }
    const job: Job = {
      order: ++this.#lastOrder,
      image,
      deaths: 0,
      cancel: undefined,
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
      this.#drop(job)
      job.cancel?.()
      job.reject(aborted(signal))
      this.#dispatch()
    }
    if (signal) this.#aborts.add(signal, abort)
    this.#open.add(job)
    this.#waiting.push(job)
    this.#hold()
    this.#dispatch()
    if (this.#waiting.length > this.#maxWaiting && this.#drop(job)) job.reject(overloaded(this.#maxWaiting))
    return promise
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#waiting.length = 0
    for (const job of this.#open) job.reject(closed())
    await this.#pool.end()
  }

  /** The process stays alive as long as somebody waits for an answer, and no longer. */
  #hold(): void {
    this.#pool.hold(this.#open.size > 0)
  }

  /** Takes a job out of those that wait. */
  #drop(job: Job): boolean {
    const at = this.#waiting.indexOf(job)
    if (at >= 0) this.#waiting.splice(at, 1)
    return at >= 0
  }

  #dispatch(): void {
    if (this.#closing !== undefined) return
    while (this.#waiting.length > 0) {
      const job = this.#waiting[0]!
      const thread = job.deaths > 0 ? this.#pool.reserve() : this.#pool.free()
      if (thread === undefined) break
      this.#waiting.shift()
      void this.#hand(job, thread)
    }
    this.#pool.growFor(
      this.#open.size,
      () => this.#dispatch(),
      (cause) => this.#giveUp(cause),
    )
  }

  async #hand(job: Job, thread: ExtractionThread): Promise<void> {
    const { extraction, cancel } = thread.extract(job.image)
    job.cancel = cancel
    try {
      job.resolve(await extraction)
    } catch (error) {
      if (thread.dead) this.#beginAgain(job, error as RecommenderError)
      else job.reject(error as RecommenderError)
    }
    job.cancel = undefined
    this.#pool.release(thread)
    this.#dispatch()
  }

  #beginAgain(job: Job, error: RecommenderError): void {
    if (!this.#open.has(job)) return
    if (++job.deaths > 1) {
      job.reject(deadly(error))
      return
    }
    const later = this.#waiting.findIndex(({ order }) => order > job.order)
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, job)
  }

  #giveUp(cause: RecommenderError): void {
    const message = `The worker thread died and no other could be started: ${cause.message}`
    for (const job of this.#waiting.splice(0)) job.reject(new RecommenderError('EXTRACTOR_FAILED', message, { cause }))
  }
}

export function aborted(signal: AbortSignal | undefined): RecommenderError {
  return new RecommenderError('ABORTED', 'The extraction was aborted by its signal.', { cause: signal?.reason })
}

export function closed(): RecommenderError {
  return new RecommenderError('CLOSED', 'The extractor has been closed. Create another one.')
}

function overloaded(maxWaiting: number): RecommenderError {
  const message = `${maxWaiting} images are waiting to be described, which is as many as may.`
  return new RecommenderError('OVERLOADED', `${message} Try again later, or raise the option "maxWaiting".`)
}

function deadly(last: RecommenderError): RecommenderError {
  const message = `Two worker threads died one after the other with this image. The last one said: ${last.message}`
  return new RecommenderError('EXTRACTOR_FAILED', `${message} Leave the image out, or save it in another format.`, {
    cause: last.cause,
  })
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
