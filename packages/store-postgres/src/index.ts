export type {
  ErrorSource,
  PGliteInstance,
  PooledConnection,
  PostgresClient,
  PostgresConnection,
  PostgresPool,
  SqlRunner,
} from './client.ts'
export type { PostgresStoreOptions } from './options.ts'
export { createPostgresStore } from './postgres-store.ts'
