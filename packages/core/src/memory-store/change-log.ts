import type { Change } from '../image-store.ts'
import { partitionPoint } from '../partition-point.ts'

/** The feed of a store in memory: a log in which only the last change of every id counts. */
export class ChangeLog {
  // Parallel and ascending by position; entries whose id changed again later are stale until the log is compacted.
  #ids: string[] = []
  #positions: number[] = []
  readonly #lastOf = new Map<string, number>()
  #last = 0

  /** How many entries are kept, stale ones included. */
  get length(): number {
    return this.#ids.length
  }

  append(id: string): void {
    this.#lastOf.set(id, ++this.#last)
    this.#ids.push(id)
    this.#positions.push(this.#last)
    if (this.#ids.length > 2 * this.#lastOf.size + 1024) this.#compact()
  }

  /** Up to `limit` changes behind `position`, in order. */
  after(position: number, limit: number): Change[] {
    const changes: Change[] = []
    const first = partitionPoint(this.#positions.length, (at) => this.#positions[at]! <= position)
    for (let at = first; at < this.#ids.length && changes.length < limit; at++) {
      const id = this.#ids[at]!
      if (this.#lastOf.get(id) === this.#positions[at]) changes.push({ id, position: String(this.#positions[at]) })
    }
    return changes
  }

  #compact(): void {
    const positions = this.#positions
    const live = (id: string, at: number) => this.#lastOf.get(id) === positions[at]
    this.#positions = positions.filter((_, at) => live(this.#ids[at]!, at))
    this.#ids = this.#ids.filter(live)
  }
}
