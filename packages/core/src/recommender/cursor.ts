import { RecommenderError } from '../errors.ts'
import { shown } from '../parse.ts'
import type { SearchRequest } from '../similarity-index.ts'

type Place = NonNullable<SearchRequest['after']>
export type PagedQuery = Pick<SearchRequest, 'vector' | 'where'>

/** A place in the results of one query, as an opaque string that fits into a URL. */
export function encodeCursor(query: PagedQuery, { distance, id }: Place): string {
  const bytes = new TextEncoder().encode(JSON.stringify([fingerprint(query), distance, id]))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** @throws RecommenderError `INVALID_ARGUMENT` where it is no cursor, or one of another query */
export function decodeCursor(query: PagedQuery, cursor: string): Place {
  const [print, distance, id] = contents(cursor)
  if (print !== fingerprint(query)) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `The cursor ${shown(cursor)} belongs to another query; ask for the next page with the query and the filter of the page before.`,
    )
  }
  return { distance, id }
}

function contents(cursor: string): [print: string, distance: number, id: string] {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))),
    )
    if (Array.isArray(value) && value.length === 3) {
      const [print, distance, id] = value
      if (typeof print === 'string' && typeof distance === 'number' && typeof id === 'string')
        return [print, distance, id]
    }
  } catch {
    // Falls through: whatever was wrong with it, the caller can do the same about it.
  }
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${shown(cursor)} is no cursor; give the nextCursor of a page, unchanged.`,
  )
}

/** Tells queries apart, to catch mistakes (FNV-1a, 32 bits). Nothing is protected by it. */
function fingerprint({ vector, where }: PagedQuery): string {
  let hash = 0x811c9dc5
  const mix = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  for (const byte of new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)) mix(byte)
  for (const byte of new TextEncoder().encode(JSON.stringify(where ?? {}))) mix(byte)
  return (hash >>> 0).toString(36)
}
