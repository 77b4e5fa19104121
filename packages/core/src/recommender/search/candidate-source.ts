import type { Distance } from '../../distance.ts'
import type { ImageRecord } from '../../image-store.ts'
import { compareMatches } from '../../match-order.ts'
import type { Filter, Match, SimilarityIndex } from '../../similarity-index.ts'
import { throwIfAborted } from '../aborted.ts'
import type { Place } from './cursor.ts'

/** One of the searches that find candidates. */
export interface CandidateSearch {
  readonly index: SimilarityIndex
  /** Between two vectors, as the index has it. */
  readonly distance: Distance
  readonly vector: Float32Array
  readonly where: Filter
  /** Whether the index is that of the objects' vectors, rather than that of embeddings. */
  readonly isOfObjects: boolean
  /** Where in the order of this search an image is; `undefined`: it does not find it. */
  readonly placeOf: (record: ImageRecord) => Place | undefined
}

/** What is known of an image before its record is. */
export interface Candidate {
  readonly id: string
  /** Its match in the index of the objects' vectors; `undefined`: it was found by its embedding alone. */
  readonly match: Match | undefined
}

export interface CandidateSourceParts {
  readonly searches: readonly CandidateSearch[]
  /** How many of the nearest each search finds at a time. */
  readonly window: number
  readonly signal: AbortSignal | undefined
}

/** Where the window of each search ends; `null` where it holds all that there are. */
export type WindowEnds = readonly (Place | null)[]

export interface Windows {
  /** None twice. */
  readonly candidates: readonly Candidate[]
  readonly ends: WindowEnds
}

/** Finds the candidates of one query: the nearest of each search, then what comes behind them. */
export class CandidateSource {
  readonly #parts: CandidateSourceParts

  constructor(parts: CandidateSourceParts) {
    this.#parts = parts
  }

  get searches(): readonly CandidateSearch[] {
    return this.#parts.searches
  }

  /** The nearest of each search; for a later page those up to where they ended for the first, so that none comes twice. */
  async windows(ends: WindowEnds | undefined): Promise<Windows> {
    const windows: (readonly Candidate[])[] = []
    const endsNow: (Place | null)[] = []
    for (const [nth, search] of this.searches.entries()) {
      const { matches, end } = await this.#window(search, ends?.[nth])
      windows.push(this.#candidates(search, matches))
      endsNow.push(end)
    }
    return { candidates: windows.length === 1 ? windows[0]! : united(windows), ends: endsNow }
  }

  /** What comes next in a search behind a place, and where to go on; `null`: there is no more. */
  async behind(nth: number, place: Place): Promise<{ candidates: readonly Candidate[]; end: Place | null }> {
    const search = this.searches[nth]!
    const matches = await this.#find(search, place)
    return { candidates: this.#candidates(search, matches), end: this.#endOf(matches) }
  }

  #candidates({ isOfObjects }: CandidateSearch, matches: readonly Match[]): Candidate[] {
    return matches.map((match) => ({ id: match.id, match: isOfObjects ? match : undefined }))
  }

  async #window(
    search: CandidateSearch,
    end: Place | null | undefined,
  ): Promise<{ matches: readonly Match[]; end: Place | null }> {
    const matches = await this.#find(search)
    if (end === undefined) return { matches, end: this.#endOf(matches) }
    if (end === null) return { matches, end }
    // What has come since may have made the window larger.
    let next = this.#endOf(matches)
    while (next && compareMatches(next, end) < 0) {
      const more = await this.#find(search, next)
      matches.push(...more)
      next = this.#endOf(more)
    }
    return { matches: matches.filter((match) => compareMatches(match, end) <= 0), end }
  }

  async #find({ index, vector, where }: CandidateSearch, after?: Place): Promise<Match[]> {
    const { window, signal } = this.#parts
    throwIfAborted(signal)
    return await index.search({ vector, where, limit: window, after })
  }

  #endOf(matches: readonly Match[]): Place | null {
    return matches.length === this.#parts.window ? placeOf(matches.at(-1)!) : null
  }
}

/** Each once, with its match if any window has one. */
function united(windows: readonly (readonly Candidate[])[]): Candidate[] {
  const candidates = new Map<string, Candidate>()
  for (const one of windows.flat()) if (!candidates.get(one.id)?.match) candidates.set(one.id, one)
  return [...candidates.values()]
}

export function placeOf({ distance, id }: Place): Place {
  return { distance, id }
}
