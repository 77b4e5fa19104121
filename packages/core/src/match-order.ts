import type { Match } from './similarity-index.ts'
import { compareUtf8 } from './utf8-order.ts'

/** The order of matches everywhere: the nearest first, those that are equally far by their ids' UTF-8 bytes. */
export function compareMatches(a: Pick<Match, 'distance' | 'id'>, b: Pick<Match, 'distance' | 'id'>): number {
  return a.distance - b.distance || compareUtf8(a.id, b.id)
}
