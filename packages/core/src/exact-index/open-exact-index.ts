import { RecommenderError } from '../errors.ts'
import { parse } from '../parse.ts'
import { SnapshotReader } from '../snapshot-file.ts'
import { type ExactIndex, ExactIndexInMemory } from './exact-index.ts'
import { type ExactIndexOptions, exactIndexOptionsSchema } from './exact-index-options.ts'
import { readTable, tableFormat } from './snapshot/table-snapshot.ts'

/**
 * The index that `save` wrote to `path`, at the position of the feed that it had then; what the store saw since is for
 * whoever follows the feed (`createRecommender` does).
 *
 * Rejects with `INDEX_FAILED` where there is no whole, undamaged snapshot of an index with these options in a format that this
 * version reads. Nothing is lost then: an empty index from `createExactIndex` is filled from the store.
 */
export async function openExactIndex(path: string, options: ExactIndexOptions): Promise<ExactIndex> {
  const shape = parse(exactIndexOptionsSchema, options, 'openExactIndex')
  try {
    const reader = await SnapshotReader.open(path, tableFormat)
    try {
      const { table, position } = await readTable(reader.next, shape)
      await reader.end()
      return new ExactIndexInMemory(table, position)
    } finally {
      await reader.close()
    }
  } catch (cause) {
    const message = `The index could not be opened from ${path}: ${(cause as Error).message}. Begin with an empty one (createExactIndex); it is filled from the store.`
    throw new RecommenderError('INDEX_FAILED', message, { cause })
  }
}
