import { setTimeout } from 'node:timers/promises'
import { RecommenderError } from '@image-recommender/core'

/** Four writers, each with images of its own that it overwrites again and again, and what was acknowledged to them. */
export class Writers {
  /** By id the number of its last write that was acknowledged. */
  readonly acknowledged = new Map<string, number>()
  readonly failures: RecommenderError[] = []
  writes = 0
  #number = 0
  #stopped = false
  readonly #running: Promise<unknown>

  /** `put` writes these images with this number. */
  constructor(put: (ids: readonly string[], number: number) => Promise<unknown>) {
    const write = async (writer: number) => {
      for (let round = 0; !this.#stopped; round++) {
        const ids = Array.from({ length: 20 }, (_, at) => `writer-${writer}-${(round * 7 + at) % 60}`)
        const number = ++this.#number
        try {
          await put(ids, number)
          for (const id of ids) this.acknowledged.set(id, number)
          this.writes++
        } catch (error) {
          if (!RecommenderError.is(error)) throw error
          this.failures.push(error)
        }
        await setTimeout(5)
      }
    }
    this.#running = Promise.all([0, 1, 2, 3].map(write))
    this.#running.catch(() => {})
  }

  /** Waits until so many more writes were acknowledged. */
  async more(count: number): Promise<void> {
    const enough = this.writes + count
    while (this.writes < enough) await Promise.race([setTimeout(5), this.#running])
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** The images of which something was acknowledged that is not there, or only what was before it. */
  lostIn(numbers: ReadonlyMap<string, string>): string[] {
    return [...this.acknowledged].filter(([id, number]) => Number(numbers.get(id) ?? 0) < number).map(([id]) => id)
  }
}
