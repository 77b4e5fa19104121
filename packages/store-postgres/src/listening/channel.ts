import { createHash } from 'node:crypto'

/**
 * The channel on which writers of a table tell that they wrote. Names of PostgreSQL are cut at 63 bytes without a word, and
 * schema and table may have 48 each: so it carries their hash.
 */
export function channelOf(schema: string, table: string): string {
  const hash = createHash('sha256').update(`${schema}.${table}`).digest('hex')
  return `image_recommender_${hash.slice(0, 32)}`
}
