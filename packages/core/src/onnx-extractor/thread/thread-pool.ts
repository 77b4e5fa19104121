import type { RecommenderError } from '../../errors.ts'
import type { ExtractionThread } from './extraction-thread.ts'

/** Images that a thread holds at once: one that the network computes, one that is decoded meanwhile, one that comes after it. */
const DEPTH = 3

/**
 * Threads with a session each. There is one at first, and another one whenever there are more images than threads, up to
 * the most that are allowed. One that dies is not missed before there is work for its successor, so that threads that
 * cannot start do not try for ever.
 */
export class ThreadPool {
  readonly #start: () => ExtractionThread
  readonly #threads = new Set<ExtractionThread>()
  readonly #starting = new Set<ExtractionThread>()
  /** Those that hold one image and get no other until it is answered. */
  readonly #reserved = new Set<ExtractionThread>()
  #most: number
  #held = false

  /** @param start makes a thread; @param first one that is ready */
  constructor(start: () => ExtractionThread, first: ExtractionThread, most: number) {
    this.#start = start
    this.#most = most
    this.#threads.add(first)
    first.hold(false)
  }

  /** The thread that has least to do and can take one more image; `undefined`: all have enough. */
  free(): ExtractionThread | undefined {
    let least: ExtractionThread | undefined
    for (const thread of this.#ready())
      if (thread.load < DEPTH && !this.#reserved.has(thread) && thread.load < (least?.load ?? DEPTH)) least = thread
    return least
  }

  /** A thread that has nothing to do and takes nothing else until it is `released`. */
  reserve(): ExtractionThread | undefined {
    const idle = this.#ready().find((thread) => thread.load === 0 && !this.#reserved.has(thread))
    if (idle !== undefined) this.#reserved.add(idle)
    return idle
  }

  release(thread: ExtractionThread): void {
    this.#reserved.delete(thread)
  }

  /**
   * Starts another thread if that many images want more than there are.
   *
   * @param changed called when it is ready, or cannot start while others can go on
   * @param failed called when it cannot start and there is no other
   */
  growFor(images: number, changed: () => void, failed: (cause: RecommenderError) => void): void {
    const living = this.#living()
    if (images <= living || living >= this.#most) return
    const thread = this.#start()
    this.#threads.add(thread)
    this.#starting.add(thread)
    thread.hold(this.#held)
    thread.ready.then(
      () => {
        this.#starting.delete(thread)
        changed()
      },
      (cause: RecommenderError) => {
        this.#starting.delete(thread)
        this.#threads.delete(thread)
        if (this.#living() === 0) return failed(cause)
        // Most likely there is no memory for one more. Trying again with each image would take it from those that work.
        this.#most = this.#living()
        changed()
      },
    )
  }

  /** Whether the threads keep the process alive. */
  hold(busy: boolean): void {
    this.#held = busy
    for (const thread of this.#threads) thread.hold(busy)
  }

  async end(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.end()))
  }

  #ready(): ExtractionThread[] {
    return [...this.#threads].filter((thread) => !thread.dead && !this.#starting.has(thread))
  }

  /** How many there are, those that are just starting included. The dead are forgotten. */
  #living(): number {
    for (const thread of this.#threads) {
      if (!thread.dead || this.#starting.has(thread)) continue
      this.#threads.delete(thread)
      this.#reserved.delete(thread)
    }
    return this.#threads.size
  }
}
