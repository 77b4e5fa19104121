import { z } from 'zod'
import type { PostgresClient } from '../database/client.ts'
import { checkWith, rules } from '../options.ts'

export interface PostgresStoreOptions {
  /** A `Pool` or a connected `Client` of `pg`, or a PGlite instance. It stays yours: close it after the store. */
  readonly client: PostgresClient
  /** The schema of the tables, created where it is missing; `image_recommender` by default. */
  readonly schema?: string | undefined
  /** The table of the records; the names of the others begin with it; `images` by default. */
  readonly table?: string | undefined
  /** After how many milliseconds `changes()` looks for what other processes wrote, 10..3600000; 1000 by default. */
  readonly pollInterval?: number | undefined
  /** Told of connections that died while nobody used them. Nothing is logged otherwise. */
  readonly onWarning?: ((warning: Error) => void) | undefined
}

const storeOptions = z.strictObject({
  client: rules.client,
  schema: rules.name.default('image_recommender'),
  table: rules.name.default('images'),
  pollInterval: z.number().int().min(10).max(3_600_000).default(1000),
  onWarning: rules.onWarning,
})

export function checkStoreOptions(options: PostgresStoreOptions): z.output<typeof storeOptions> {
  return checkWith(storeOptions, options, 'createPostgresStore')
}
