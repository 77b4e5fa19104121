export type {
  ConnectionEvents,
  ErrorSource,
  Notification,
  PGliteInstance,
  PGliteRunner,
  PooledConnection,
  PostgresClient,
  PostgresConnection,
  PostgresPool,
  SqlRunner,
} from './database/client.ts'
export { createPostgresIndex } from './exact/postgres-index.ts'
export type { PostgresIndexOptions } from './exact/postgres-index-options.ts'
export { ORIGINAL_SPACE } from './original/original-space.ts'
export { type ReadOriginalImagesOptions, readOriginalImages } from './original/read-original-images.ts'
export { createPgvectorIndex } from './pgvector/pgvector-index.ts'
export type { PgvectorIndexOptions } from './pgvector/pgvector-index-options.ts'
export { createPostgresStore } from './store/postgres-store.ts'
export type { PostgresStoreOptions } from './store/postgres-store-options.ts'
