import { RecommenderError } from '@image-recommender/core'
import { z } from 'zod'
import type { PostgresClient } from './client.ts'
import { tableName } from './tables.ts'

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

export interface CheckedOptions {
  client: PostgresClient
  schema: string
  table: string
  pollInterval: number
  onWarning: (warning: Error) => void
}

/** What is asked of the options that everything in here has. */
export const rules = {
  client: z.custom<PostgresClient>(isClient, 'a Pool or a Client of `pg`, or a PGlite instance'),
  name: z.string().regex(tableName, 'a-z, 0-9 and _, not beginning with a digit, at most 48 characters'),
  onWarning: z
    .custom<(warning: Error) => void>((value) => typeof value === 'function', 'a function')
    .default(() => () => {}),
}

const storeOptions = z.strictObject({
  client: rules.client,
  schema: rules.name.default('image_recommender'),
  table: rules.name.default('images'),
  pollInterval: z.number().int().min(10).max(3_600_000).default(1000),
  onWarning: rules.onWarning,
})

export function checkOptions(options: PostgresStoreOptions): CheckedOptions {
  return checkWith(storeOptions, options, 'createPostgresStore')
}

/** The options with their defaults. @throws RecommenderError `INVALID_ARGUMENT` naming the option; `what`: the factory */
export function checkWith<Shape extends z.ZodType<{ client: PostgresClient }>>(
  shape: Shape,
  options: unknown,
  what: string,
): z.output<Shape> {
  const checked = shape.safeParse(options)
  if (!checked.success) {
    const issue = checked.error.issues[0]!
    throw new RecommenderError('INVALID_ARGUMENT', `${what}: ${where(issue.path, options)}: ${issue.message}`)
  }
  if (isUnconnected(checked.data.client)) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `${what}: \`client\` is not connected, and its queries would wait for ever: \`await client.connect()\` first.`,
    )
  }
  return checked.data
}

/** Names the option, with its value where that cannot be a secret. */
function where(path: readonly PropertyKey[], options: unknown): string {
  const option = String(path[0] ?? 'options')
  const value = (options as Record<string, unknown> | undefined)?.[option]
  // A client given as a text may be a connection string with a password.
  if (path.length === 0 || option === 'client' || typeof value === 'object' || typeof value === 'function')
    return `\`${option}\``
  return `\`${option}\` is ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`
}

function isClient(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'function'
}

/** Only `Client` of `pg` has these two, and no public ones that tell. */
function isUnconnected(client: object): boolean {
  return (
    '_connected' in client && client._connected === false && '_connecting' in client && client._connecting === false
  )
}
