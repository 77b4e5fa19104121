import { type ClassSet, ClassSetDirectory, searchBySets } from '../../src/class-set-directory/index.ts'
import type { CodeRange, EquallyFar } from '../../src/class-set-directory/set-search.ts'
import { RecommenderError } from '../../src/errors.ts'
import type { Filter, IndexEntry, Match, Metric, SearchRequest, SimilarityIndex } from '../../src/similarity-index.ts'
import { countNaively, passesNaively } from '../../src/testing/brute-force.ts'
import { compareUtf8 } from '../../src/utf8-order.ts'

interface Member extends IndexEntry {
  /** -1: dense. */
  readonly set: number
  readonly code: number
}

/** An index as adapters build it, with a Map in the place of the server. */
export class IndexedMap implements SimilarityIndex {
  readonly exact = true
  readonly shared = false
  readonly dimensions: number
  readonly metric: Metric
  readonly #members = new Map<string, Member>()
  readonly #sets: ClassSet[] = []
  #directory: ClassSetDirectory
  #position: string | undefined
  #isClosed = false
  /** How many members were fetched, from the beginning. */
  fetched = 0

  constructor(dimensions: number, metric: Metric) {
    this.dimensions = dimensions
    this.metric = metric
    this.#directory = new ClassSetDirectory({ dimensions, metric })
  }

  async put(entries: readonly IndexEntry[], position = this.#position): Promise<void> {
    this.#assertOpen()
    for (const { id, vector, tags } of entries) {
      const place = this.#directory.placeOf(vector)
      const copy = { id, vector: vector.slice(), tags: [...tags] }
      if (!place) {
        this.#members.set(id, { ...copy, set: -1, code: 0 })
        continue
      }
      let set = this.#directory.find(place)
      if (set === undefined) {
        const known = this.#sets.find(({ axes }) => axes.join() === place.axes.join())
        set = known?.number ?? this.#sets.length
        const wider = { ...place, number: set }
        this.#sets[set] = known
          ? { ...wider, low: Math.min(known.low, place.low), high: Math.max(known.high, place.high) }
          : wider
        this.#directory.include([wider])
      }
      this.#directory.addMembers(place.axes, 1)
      this.#members.set(id, { ...copy, set, code: place.code })
    }
    this.#position = position
  }

  async delete(ids: readonly string[], position = this.#position): Promise<void> {
    this.#assertOpen()
    for (const id of ids) this.#members.delete(id)
    this.#position = position
  }

  async position(): Promise<string | undefined> {
    return this.#position
  }

  async search(request: SearchRequest): Promise<Match[]> {
    this.#assertOpen()
    const fetch = async (ranges: readonly CodeRange[]) => {
      const near = [...this.#members.values()].filter((member) => ranges.some((range) => isIn(member, range)))
      this.fetched += near.length
      return near.map((member) => ({ ...member, vector: member.vector.slice() }))
    }
    const fetchByIds = async ({ set, code }: EquallyFar, after: string, most: number) => {
      const behind = [...this.#members.values()].filter(
        (member) => member.set === set && member.code === code && compareUtf8(member.id, after) > 0,
      )
      const first = behind.sort((a, b) => compareUtf8(a.id, b.id)).slice(0, most)
      this.fetched += first.length
      return first.map((member) => ({ ...member, vector: member.vector.slice() }))
    }
    const dense = [...this.#members.values()].filter(({ set }) => set < 0)
    const fetchDense = async function* () {
      yield dense
    }
    return await searchBySets(
      { directory: this.#directory, metric: this.metric, fetch, fetchByIds, fetchDense },
      request,
    )
  }

  async counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    this.#assertOpen()
    const passing = [...this.#members.values()].filter((member) => passesNaively(member, where))
    return { total: passing.length, perAxis: Uint32Array.from(countNaively(passing, this.dimensions)) }
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  /** Forgets what it knows of the sets, and reads it anew, as another process would. */
  restart(): void {
    this.#directory = new ClassSetDirectory(this)
    this.#directory.include(this.#sets)
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new RecommenderError('CLOSED', 'This index has been closed.')
  }
}

function isIn({ set, code }: Member, range: CodeRange): boolean {
  return set === range.set && code >= range.first && code <= range.last
}
