import type { ImageRecord } from '../../image-store.ts'
import type { Match, SearchRequest, SimilarityIndex } from '../../similarity-index.ts'
import type { Collection } from '../collection/collection.ts'
import type { RecordReader } from '../collection/record-cache.ts'
import { throwIfAborted } from '../guard.ts'

export type MatchedRecord = readonly [match: Match, record: ImageRecord]

/** Brings matches and their records together. */
export class MatchedRecords {
  readonly #records: RecordReader
  readonly #index: SimilarityIndex
  readonly #collection: Collection

  constructor(records: RecordReader, index: SimilarityIndex, collection: Collection) {
    this.#records = records
    this.#index = index
    this.#collection = collection
  }

  /** Matches with their records; those whose record is gone, or of another space by now, are left out, here and in the index. */
  async of<M extends Pick<Match, 'id'>>(matches: readonly M[]): Promise<(readonly [M, ImageRecord])[]> {
    const records = await this.#records.get(matches.map(({ id }) => id))
    const found: (readonly [M, ImageRecord])[] = []
    const stale: string[] = []
    for (const [at, match] of matches.entries()) {
      const record = records[at]
      if (record && this.#collection.belongs(record)) found.push([match, record])
      else stale.push(match.id)
    }
    if (stale.length > 0) await this.#collection.refresh(stale)
    return found
  }

  /** What a search finds. What is left out is replaced by what comes next. */
  async search(request: SearchRequest, signal: AbortSignal | undefined): Promise<MatchedRecord[]> {
    const found: MatchedRecord[] = []
    let after = request.after
    for (;;) {
      throwIfAborted(signal)
      const missing = request.limit - found.length
      const matches = await this.#index.search({ ...request, limit: missing, after })
      found.push(...(await this.of(matches)))
      if (found.length === request.limit || matches.length < missing) break
      after = matches.at(-1)
    }
    throwIfAborted(signal)
    return found
  }
}
