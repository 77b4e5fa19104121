import { RecommenderError } from '@image-recommender/core'
import { z } from 'zod'
import type { PostgresClient } from './database/client.ts'

/** Longer names PostgreSQL cuts at 63 bytes without a word, so that two tables could meet in one: 48, and our endings. */
const name = /^[a-z_][a-z0-9_]{0,47}$/

/** What is asked of the options that everything in here has. */
export const rules = {
  client: z.custom<PostgresClient>(isClient, 'a Pool or a Client of `pg`, or a PGlite instance'),
  name: z.string().regex(name, 'a-z, 0-9 and _, not beginning with a digit, at most 48 characters'),
  onWarning: z
    .custom<(warning: Error) => void>((value) => typeof value === 'function', 'a function')
    .default(() => () => {}),
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
