import { resolve } from 'node:path'
import type {
  FeedStep,
  Filter,
  IndexChanges,
  Match,
  Metric,
  SearchRequest,
  SimilarityIndex,
} from '@image-recommender/core'
import { RecommenderError } from '@image-recommender/core'
import { CallQueue, parse, shown } from '@image-recommender/core/parts'
import { assertVector, changeChunks } from './change-chunks.ts'
import { type HnswIndexOptions, hnswIndexOptionsSchema, type IndexShape, pathSchema } from './options.ts'
import { IndexThread } from './thread/index-thread.ts'
import { unpacked } from './thread/messages.ts'

/** An index that finds most of the true neighbours: for very many dense vectors, not for those of objects. */
export interface HnswIndex extends SimilarityIndex {
  readonly exact: false
  readonly shared: false
  /**
   * Which share of the true neighbours searches find, 0..1, found by comparing with every vector. A neighbour that is
   * as near as the last true one counts as found, whichever of those that are equally near it is. An empty index finds
   * everything.
   *
   * @param sample queries: vectors, best such as are not in the index; or how many of the index's own to take, evenly
   * @param limit how many matches are asked for; 30 by default
   */
  measureRecall(sample: number | readonly Float32Array[], limit?: number): Promise<number>
  /**
   * Writes a snapshot, from which `openHnswIndex` has the index back without building its graph. At `path` there is
   * always a whole file: the new one is written beside it, brought to the disk, and then takes its name. Writes wait
   * meanwhile, and searches do while the graph is written.
   *
   * Rejects with `INDEX_FAILED` where it cannot be written, as on a full disk; at `path` is then what was there before.
   */
  save(path: string): Promise<void>
}

/**
 * An empty index in memory, with a worker thread of its own, in which all its work is done. Resolves when it is ready.
 * An idle index does not keep the process alive.
 *
 * @throws RecommenderError `INVALID_ARGUMENT`: options; `INDEX_FAILED`: hnswlib-node is not there, or was not compiled
 */
export async function createHnswIndex(options: HnswIndexOptions): Promise<HnswIndex> {
  const shape = parse(hnswIndexOptionsSchema, options, 'createHnswIndex')
  return new HnswIndexInThread(await IndexThread.start(shape), shape)
}

/**
 * The index that `save` wrote to `path`, at the position of the feed that it had then; what has changed in the store since
 * is brought in by whoever follows the feed (`createRecommender` does). The options must be those it was made with, but
 * for `efSearch`.
 * Needs room for the graph in the system's folder for temporary files.
 *
 * @throws RecommenderError `INVALID_ARGUMENT`: options; `INDEX_FAILED`: hnswlib-node is not there, or there is no
 * whole, undamaged snapshot of an index with these options in a format that this version reads. Nothing is lost then:
 * an empty index from `createHnswIndex` is filled from the store.
 */
export async function openHnswIndex(path: string, options: HnswIndexOptions): Promise<HnswIndex> {
  const file = resolve(parse(pathSchema, path, 'openHnswIndex: path'))
  const shape = parse(hnswIndexOptionsSchema, options, 'openHnswIndex')
  return new HnswIndexInThread(await IndexThread.start(shape, file), shape)
}

/** What answers the calls. */
export type Thread = Pick<IndexThread, 'call' | 'end'>

/** What the application holds; the index itself is in a thread of its own. */
export class HnswIndexInThread implements HnswIndex {
  readonly exact = false
  readonly shared = false
  readonly dimensions: number
  readonly metric: Metric
  readonly #thread: Thread
  /** What is written comes into the thread in the order of the calls. */
  readonly #writes = new CallQueue()
  #closing: Promise<void> | undefined

  constructor(thread: Thread, { dimensions, metric }: IndexShape) {
    this.dimensions = dimensions
    this.metric = metric
    this.#thread = thread
  }

  /** Chunk by chunk, of which the last makes the step. If one is refused, so is the first: nothing else is written meanwhile. */
  write(changes: IndexChanges, step?: FeedStep): Promise<boolean> {
    return this.#inTurn(async () => {
      const chunks = await changeChunks(changes, this.dimensions)
      const standing = step && { from: step.from, to: step.from }
      for (const [at, chunk] of chunks.entries()) {
        this.#assertOpen()
        const given = { changes: chunk, step: at === chunks.length - 1 ? step : standing }
        const transferred = chunk.entries.ids.length > 0 ? [chunk.entries.vectors.buffer] : []
        if (!(await this.#thread.call('write', given, transferred))) return false
      }
      return true
    })
  }

  async position(): Promise<string | undefined> {
    this.#assertOpen()
    return this.#thread.call('position', undefined)
  }

  async search({ vector, limit, where, after }: SearchRequest): Promise<Match[]> {
    this.#assertOpen()
    assertVector(vector, this.dimensions, 'The vector')
    assertCount(limit, 'limit')
    // By itself: of a view, all of the memory behind it would be sent.
    const request = { vector: vector.slice(), limit, where, after }
    return unpacked(await this.#thread.call('search', request), this.dimensions)
  }

  async counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    this.#assertOpen()
    return this.#thread.call('counts', where)
  }

  async measureRecall(sample: number | readonly Float32Array[], limit = 30): Promise<number> {
    this.#assertOpen()
    assertCount(limit, 'limit')
    if (!Array.isArray(sample)) {
      assertCount(sample as number, 'sample, if it is no array of vectors,')
      return this.#thread.call('recall', { sample, limit })
    }
    for (const [at, vector] of sample.entries()) assertVector(vector, this.dimensions, `Vector ${at} of the sample`)
    return this.#thread.call('recall', { sample: sample.map((vector) => vector.slice()), limit })
  }

  save(path: string): Promise<void> {
    return this.#inTurn(() => {
      const file = resolve(parse(pathSchema, path, 'save: path'))
      return this.#thread.call('save', { path: file })
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** What is under way comes to its end; of a write in many chunks, the chunk. */
  async #close(): Promise<void> {
    // Not before `#closing` is set, which keeps others out.
    await null
    await this.#writes.run(async () => {})
    await this.#thread.end()
  }

  async #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#assertOpen()
    return await this.#writes.run(() => {
      this.#assertOpen()
      return task()
    })
  }

  #assertOpen(): void {
    if (this.#closing) throw new RecommenderError('CLOSED', 'This index has been closed; make or open another one.')
  }
}

function assertCount(count: number, what: string): void {
  if (count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && count >= 1)) return
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${what} must be a whole number of at least 1 (received ${shown(count)}).`,
  )
}
