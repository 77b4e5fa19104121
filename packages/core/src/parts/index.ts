/**
 * What packages with stores and indexes of their own share with this one, so that they answer and fail alike. It loads no
 * native code.
 *
 * Entry "@image-recommender/core/parts".
 */
export { Bell } from '../bell.ts'
export { CallQueue } from '../call-queue.ts'
export {
  BestMatches,
  type ClassSet,
  ClassSetDirectory,
  type CodeRange,
  type CountSource,
  countBySets,
  type Fetched,
  filterOf,
  type Near,
  type PointPage,
  type SetSource,
  searchBySets,
  type VectorPlace,
} from '../class-set-directory/index.ts'
export { hearErrors } from '../error-hearers.ts'
export { TagLists } from '../exact-index/tag-lists.ts'
export { Turns } from '../exact-index/turns.ts'
export { firstLine } from '../first-line.ts'
export { compareMatches } from '../match-order.ts'
export { nextTurn } from '../next-turn.ts'
export { parse, shown } from '../parse.ts'
export { withoutPasswords } from '../passwords.ts'
export { type PostedError, postedError, receivedError } from '../posted-error.ts'
export { Slices } from '../slices.ts'
export { type SnapshotFormat, SnapshotReader, writeSnapshot } from '../snapshot-file.ts'
export { unlessAborted } from '../unless-aborted.ts'
export { inheritedFlags } from '../worker-flags.ts'
