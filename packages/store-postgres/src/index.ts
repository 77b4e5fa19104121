export type {
  ErrorSource,
  PGliteInstance,
  PooledConnection,
  PostgresClient,
  PostgresConnection,
  PostgresPool,
  SqlRunner,
} from './client.ts'
export { createPostgresIndex } from './exact/postgres-index.ts'
export type { PostgresIndexOptions } from './exact/postgres-index-options.ts'
export type { PostgresStoreOptions } from './options.ts'
export { createPostgresStore } from './postgres-store.ts'
