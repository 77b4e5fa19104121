/** An approximate index: for very many dense vectors. */
import { resolve } from 'node:path'
import { parse } from '@image-recommender/core/parts'
import { type HnswIndex, HnswIndexInThread } from './hnsw-index.ts'
import { type HnswIndexOptions, hnswIndexOptionsSchema, pathSchema } from './options.ts'
import { IndexThread } from './thread/index-thread.ts'

export type { HnswIndex, HnswIndexOptions }

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
 * The index that `save` wrote to `path`, at the position of the feed that it had then; what the store saw since is for
 * whoever follows the feed (`createRecommender` does). The options must be those it was made with, but for `efSearch`.
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
