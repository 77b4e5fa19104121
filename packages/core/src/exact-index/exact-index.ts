import { isEmpty } from '../conditions.ts'
import { RecommenderError } from '../errors.ts'
import type {
  FeedStep,
  Filter,
  IndexChanges,
  Match,
  Metric,
  SearchRequest,
  SimilarityIndex,
} from '../similarity-index.ts'
import { writeSnapshot } from '../snapshot-file.ts'
import { Counting } from './counting.ts'
import { admissionOf, ExactSearch } from './exact-search.ts'
import { partsOf, tableFormat } from './snapshot/table-snapshot.ts'
import { Turns } from './turns.ts'
import { VectorTable } from './vector-table.ts'

/** How long searches and writes keep the thread at a time, in milliseconds. */
const SEARCH_SLICE = 10
const WRITE_SLICE = 1
const MOST_IDLE_SEARCHES = 8
/** Reading the clock takes as long as half a write. */
const WRITES_BETWEEN_LOOKS = 16

/** An index in memory that finds every true neighbour. */
export interface ExactIndex extends SimilarityIndex {
  /**
   * Writes a snapshot, from which `openExactIndex` has the index back in a fraction of the time that filling it takes. At `path` there
   * is always a whole file: the new one is written beside it, brought to the disk, and then takes its name. Searches go
   * on meanwhile, writes wait.
   *
   * Rejects with `INDEX_FAILED` where it cannot be written, as on a full disk; at `path` is then what was there before (or the
   * new one, where only the folder could not be brought to the disk).
   */
  save(path: string): Promise<void>
  /** How much memory it holds, in bytes, lists of tags and what searches keep for the next ones apart; `ids` is what leads from an id to its vector and back. */
  memory(): { images: number; bytes: { index: number; ids: number } }
}

export class ExactIndexInMemory implements ExactIndex {
  readonly exact = true
  readonly shared = false
  readonly dimensions: number
  readonly metric: Metric
  #table: VectorTable
  #position: string | undefined
  #closed = false
  readonly #turns = new Turns()
  /** Made for earlier searches, and ready for the next. */
  #idleSearches: ExactSearch[] = []

  constructor(table: VectorTable, position?: string) {
    this.dimensions = table.dimensions
    this.metric = table.metric
    this.#table = table
    this.#position = position
  }

  /** In slices, if the step may be made when their turn comes; the position holds when all is in. */
  async write({ put = [], delete: gone = [] }: IndexChanges, step?: FeedStep): Promise<boolean> {
    this.#assertOpen()
    // This one, even if the index is closed before all is in.
    const table = this.#table
    const count = gone.length + put.length
    let next = 0
    let refused = false
    await this.#turns.write(() => {
      // Nothing else is written before this has ended, so what was so at its first slice is so at its last.
      if (next === 0) refused = step !== undefined && step.from !== this.#position
      if (refused) return true
      const deadline = performance.now() + WRITE_SLICE
      while (next < count) {
        if (next < gone.length) table.delete(gone[next]!)
        else table.put(put[next - gone.length]!)
        next++
        if (next % WRITES_BETWEEN_LOOKS === 0 && performance.now() > deadline) return false
      }
      while (table.tighten()) if (performance.now() > deadline) return false
      if (step) this.#position = step.to
      return true
    })
    return !refused
  }

  async position(): Promise<string | undefined> {
    return this.#position
  }

  async search(request: SearchRequest): Promise<Match[]> {
    this.#assertOpen()
    const search = this.#idleSearches.pop() ?? new ExactSearch(this.#table)
    let matches: Match[] = []
    await this.#turns.read(() => {
      search.begin(request)
      return () => {
        if (!search.advance(performance.now() + SEARCH_SLICE)) return false
        matches = search.matches()
        return true
      }
    })
    if (!this.#closed && this.#idleSearches.length < MOST_IDLE_SEARCHES) this.#idleSearches.push(search)
    return matches
  }

  async counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    this.#assertOpen()
    const { layers, dense, count, perAxis } = this.#table
    if (admitsAll(where)) return { total: count, perAxis: perAxis.slice() }
    let counting: Counting | undefined
    await this.#turns.read(() => {
      const begun = new Counting(layers, dense, admissionOf(this.#table, where))
      counting = begun
      return () => begun.advance(performance.now() + SEARCH_SLICE)
    })
    return { total: counting!.total, perAxis: counting!.perAxis }
  }

  async save(path: string): Promise<void> {
    this.#assertOpen()
    // This one, even if the index is closed before its turn comes.
    const table = this.#table
    await this.#turns.alone(async () => {
      try {
        await writeSnapshot(path, tableFormat, partsOf(table, this.#position))
      } catch (cause) {
        const message = `The index could not be saved as ${path}: ${(cause as Error).message}. The file at that path, if there is one, is whole.`
        throw new RecommenderError('INDEX_FAILED', message, { cause })
      }
    })
  }

  memory(): { images: number; bytes: { index: number; ids: number } } {
    return { images: this.#table.count, bytes: this.#table.bytes }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#table = new VectorTable(this.dimensions, this.metric)
    this.#idleSearches = []
  }

  #assertOpen(): void {
    if (this.#closed) throw new RecommenderError('CLOSED', 'This index has been closed; create another one.')
  }
}

function admitsAll({ axes, tags, exclude = [] }: Filter): boolean {
  return isEmpty(axes) && isEmpty(tags) && exclude.length === 0
}
