import { distanceOf } from '../../../src/distance.ts'
import type {
  FeedStep,
  Filter,
  IndexEntry,
  Match,
  SearchRequest,
  SimilarityIndex,
} from '../../../src/similarity-index.ts'
import { countNaively, passesNaively } from '../../../src/testing/brute-force.ts'
import { byPlace } from './model-index.ts'
import { isSameVector } from './same-matches.ts'

/** One item of a put, or of a delete. */
interface Change {
  readonly id: string
  readonly entry?: IndexEntry
}

/** How many changes there were at least, and at most, when something was answered. */
interface Span {
  readonly from: number
  readonly to: number
}

/** Keeps book of what is written to an index and what it answers meanwhile, whether or not it is waited for. */
export class ObservedIndex {
  readonly changes: Change[] = []
  readonly answers: (Span & { readonly request: SearchRequest; readonly matches: Match[] })[] = []
  readonly counts: (Span & { readonly where: Filter; readonly total: number; readonly perAxis: Uint32Array })[] = []
  readonly #index: SimilarityIndex
  #applied = 0

  constructor(index: SimilarityIndex) {
    this.#index = index
  }

  put(entries: readonly IndexEntry[], step?: FeedStep): Promise<void> {
    return this.#write(
      entries.map((entry) => ({ id: entry.id, entry })),
      this.#index.write({ put: entries }, step),
    )
  }

  delete(ids: readonly string[], step?: FeedStep): Promise<void> {
    return this.#write(
      ids.map((id) => ({ id })),
      this.#index.write({ delete: ids }, step),
    )
  }

  async search(request: SearchRequest): Promise<void> {
    const from = this.#applied
    const matches = await this.#index.search(request)
    this.answers.push({ from, to: this.changes.length, request, matches })
  }

  async count(where: Filter): Promise<void> {
    const from = this.#applied
    const counts = await this.#index.counts(where)
    this.counts.push({ from, to: this.changes.length, where, ...counts })
  }

  async #write(changes: readonly Change[], written: Promise<boolean>): Promise<void> {
    this.changes.push(...changes)
    const applied = this.changes.length
    await written
    this.#applied = Math.max(this.#applied, applied)
  }

  /** Whether the answer is the whole answer after some of the changes, one by one; after how many, or -1. */
  momentOfAnswer({ from, to, request, matches }: this['answers'][number]): number {
    const distance = distanceOf(this.#index.metric)
    const found = new Map(matches.map((match) => [match.id, match]))
    const last = matches.length < request.limit ? undefined : matches.at(-1)
    const belongs = (entry: IndexEntry | undefined): entry is IndexEntry => {
      if (!entry || !passesNaively(entry, request.where ?? {})) return false
      return !last || byPlace({ id: entry.id, distance: distance(request.vector, entry.vector) }, last) <= 0
    }
    const wrong = new Set(found.keys())
    for (let moment = 0; moment <= to; moment++) {
      if (moment > 0) {
        const { id, entry } = this.changes[moment - 1]!
        const match = found.get(id)
        const isRight = belongs(entry) ? match && isSameVector(match.vector, entry.vector) : !match
        if (isRight) wrong.delete(id)
        else wrong.add(id)
      }
      if (moment >= from && wrong.size === 0) return moment
    }
    return -1
  }

  /** The same for what was counted. */
  momentOfCounts({ from, to, where, total, perAxis }: this['counts'][number]): number {
    const now = new Map<string, IndexEntry>()
    for (let moment = 0; moment <= to; moment++) {
      const change = this.changes[moment - 1]
      if (change?.entry && passesNaively(change.entry, where)) now.set(change.id, change.entry)
      else if (change) now.delete(change.id)
      if (moment < from || now.size !== total) continue
      const counts = countNaively([...now.values()], perAxis.length)
      if (counts.every((count, axis) => count === perAxis[axis])) return moment
    }
    return -1
  }
}
