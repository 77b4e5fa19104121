/** An approximate index: for very many dense vectors. */
export { createHnswIndex, type HnswIndex, openHnswIndex } from './hnsw-index.ts'
export type { HnswIndexOptions } from './options.ts'
