/**
 * What packages with stores and indexes of their own share with this one, so that they answer and fail alike. It loads no
 * native code.
 *
 * Entry "@image-recommender/core/parts".
 */
export {
  BestMatches,
  type ClassSet,
  ClassSetDirectory,
  type CodeRange,
  type EquallyFar,
  filterOf,
  type SetSearch,
  type SetSource,
  searchBySets,
  type VectorPlace,
} from '../class-set-directory/index.ts'
export { parse, shown } from '../parse.ts'
export { type SnapshotFormat, SnapshotReader, writeSnapshot } from '../snapshot-file.ts'
