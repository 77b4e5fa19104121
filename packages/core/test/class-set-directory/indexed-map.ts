import {
  type ClassSet,
  ClassSetDirectory,
  type CodeRange,
  countBySets,
  filterOf,
  type Near,
  type PointPage,
  searchBySets,
} from '../../src/class-set-directory/index.ts'
import { RecommenderError } from '../../src/errors.ts'
import type {
  FeedStep,
  Filter,
  IndexChanges,
  IndexEntry,
  Match,
  Metric,
  SearchRequest,
  SimilarityIndex,
} from '../../src/similarity-index.ts'
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

  async write({ put = [], delete: gone = [] }: IndexChanges, step?: FeedStep): Promise<boolean> {
    this.#assertOpen()
    if (step && step.from !== this.#position) return false
    for (const id of gone) this.#members.delete(id)
    for (const entry of put) this.#put(entry)
    if (step) this.#position = step.to
    return true
  }

  async position(): Promise<string | undefined> {
    return this.#position
  }

  async search(request: SearchRequest): Promise<Match[]> {
    this.#assertOpen()
    const fetch = async ({ ranges, points }: Near) => {
      const ranged = this.#copies((member) => ranges.some((range) => isIn(member, range)))
      const pages = points.map((page) => this.#pageOf(page))
      this.fetched += ranged.length + pages.flat().length
      return { ranged, points: pages }
    }
    const dense = [...this.#members.values()].filter(({ set }) => set < 0)
    const fetchDense = async function* () {
      yield dense
    }
    return await searchBySets(
      { directory: this.#directory, metric: this.metric, passes: filterOf(request.where ?? {}), fetch, fetchDense },
      request,
    )
  }

  async counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    this.#assertOpen()
    const passes = filterOf(where)
    const passesTags = filterOf({ ...where, axes: {} })
    const members = [...this.#members.values()]
    const countMembers = async () => {
      const counts = new Map<number, number>()
      for (const it of members) if (passesTags(it)) counts.set(it.set, (counts.get(it.set) ?? 0) + 1)
      return counts
    }
    const readMembers = async function* (sets: readonly number[]) {
      yield members.filter(({ set }) => set < 0 || sets.includes(set))
    }
    return await countBySets({ directory: this.#directory, passes, countMembers, readMembers }, where)
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  /** Forgets what it knows of the sets, and reads it anew, as another process would; `isTold`: of their members too. */
  restart(isTold: boolean): void {
    this.#directory = new ClassSetDirectory(this)
    this.#directory.include(this.#sets)
    if (!isTold) return
    for (const { number, axes } of this.#sets) {
      const codes = [...this.#members.values()].filter(({ set }) => set === number).map(({ code }) => code)
      this.#directory.addMembers(axes, codes.length, codes)
    }
  }

  #put({ id, vector, tags }: IndexEntry): void {
    const place = this.#directory.placeOf(vector)
    const copy = { id, vector: vector.slice(), tags: [...tags] }
    if (!place) {
      this.#members.set(id, { ...copy, set: -1, code: 0 })
      return
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
    this.#directory.addMembers(place.axes, 1, [place.code])
    this.#members.set(id, { ...copy, set, code: place.code })
  }

  #pageOf({ set, code, after, most }: PointPage): IndexEntry[] {
    const behind = this.#copies((it) => it.set === set && it.code === code && compareUtf8(it.id, after) > 0)
    return behind.sort((a, b) => compareUtf8(a.id, b.id)).slice(0, most)
  }

  #copies(isWanted: (member: Member) => boolean): IndexEntry[] {
    return [...this.#members.values()].filter(isWanted).map((it) => ({ ...it, vector: it.vector.slice() }))
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new RecommenderError('CLOSED', 'This index has been closed.')
  }
}

function isIn({ set, code }: Member, range: CodeRange): boolean {
  return set === range.set && code >= range.first && code <= range.last
}
