/** Entry `@image-recommender/core/exact-index`: an index in memory that finds every true neighbour, and its file. */

export { createExactIndex } from './create-exact-index.ts'
export type { ExactIndex } from './exact-index.ts'
export type { ExactIndexOptions } from './exact-index-options.ts'
export { openExactIndex } from './open-exact-index.ts'
