import { z } from 'zod'
import { RecommenderError } from '../../errors.ts'
import { shown } from '../../parse.ts'
import { Hash32 } from '../hash32.ts'

/** A place in the order of distance, then id. */
export const placeSchema = z.strictObject({ distance: z.number(), id: z.string() })
export type Place = z.infer<typeof placeSchema>

const cursorSchema = z.tuple([z.string(), z.unknown()])

/** What a page is asked for: whoever goes on must ask for the same. */
export interface Asked {
  readonly vectors: readonly Float32Array[]
  readonly rest: unknown
}

/** Where a page of one query has ended, as an opaque string that fits into a URL. */
export function encodeCursor(asked: Asked, end: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify([fingerprint(asked), end]))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** @throws RecommenderError `INVALID_ARGUMENT` where it is no cursor, or one of another query */
export function decodeCursor<End extends z.ZodType>(asked: Asked, cursor: string, endSchema: End): z.output<End> {
  const [print, end] = contents(cursor, endSchema)
  if (print !== fingerprint(asked)) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `The cursor ${shown(cursor)} belongs to another query; ask for the next page with the query and the filter of the page before.`,
    )
  }
  return end
}

function contents<End extends z.ZodType>(cursor: string, endSchema: End): [print: string, end: z.output<End>] {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)))
    const [print, end] = cursorSchema.parse(JSON.parse(text))
    return [print, endSchema.parse(end)]
  } catch (cause) {
    // Whatever was wrong with it, the caller can do the same about it.
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `${shown(cursor)} is no cursor; give the nextCursor of a page, unchanged.`,
      { cause },
    )
  }
}

/** Tells queries apart, to catch mistakes. */
function fingerprint({ vectors, rest }: Asked): string {
  const hash = new Hash32()
  for (const { buffer, byteOffset, length } of vectors) hash.words(new Int32Array(buffer, byteOffset, length))
  return hash.text(JSON.stringify(rest)).value.toString(36)
}
