import { parse } from '../parse.ts'
import { type ExactIndex, ExactIndexInMemory } from './exact-index.ts'
import { type ExactIndexOptions, exactIndexOptionsSchema } from './exact-index-options.ts'
import { VectorTable } from './vector-table.ts'

/** An empty index in memory. Throws `INVALID_ARGUMENT` where the options are not what they should be. */
export function createExactIndex(options: ExactIndexOptions): ExactIndex {
  const { dimensions, metric } = parse(exactIndexOptionsSchema, options, 'createExactIndex')
  return new ExactIndexInMemory(new VectorTable(dimensions, metric))
}
