import type { SnapshotFormat } from '@image-recommender/core/parts'
import { z } from 'zod'
import type { IndexShape } from '../options.ts'

/** A file of each version ever released stays among the tests. */
export const indexFormat: SnapshotFormat = { mark: '\u0089HNSWIX\n', version: 1, content: 'an HNSW index' }

const count = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)

/** What a snapshot says of itself first. Behind it come the table, in pieces, and hnswlib's own file, in pieces. */
const descriptionSchema = z.object({
  dimensions: z.int(),
  metric: z.string(),
  m: z.int(),
  efConstruction: z.int(),
  /** How far in the store's feed the index was; `null`: at its beginning. */
  position: z.string().nullable(),
  images: count,
  /** Images and free slots. */
  slots: count,
  /** Numbers are written as the machine has them. */
  byteOrder: z.enum(['little', 'big']),
})

/** The slots of the table that one piece holds are two parts: this, and their vectors one behind the other. */
const tablePieceSchema = z.object({
  /** `null`: the slot is free. */
  ids: z.array(z.string().nullable()),
  /** Each different list of tags in this piece. */
  tagLists: z.array(z.array(z.string())),
  /** Of each slot the place of its list in `tagLists`. */
  tags: z.array(count),
})

export type Description = z.output<typeof descriptionSchema>
export type TablePiece = z.output<typeof tablePieceSchema>

export const byteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big'

/** Throws an Error where a part is no description, or not that of an index with these options. */
export function descriptionIn(part: Uint8Array, shape: IndexShape): Description {
  const description = decoded(part, descriptionSchema, 'its description')
  for (const name of ['dimensions', 'metric', 'm', 'efConstruction'] as const) {
    if (description[name] !== shape[name])
      throw new Error(`it was made with ${name} ${description[name]}, not ${shape[name]}`)
  }
  if (description.byteOrder !== byteOrder) throw new Error('it was written by a machine with another order of bytes')
  const { slots, images } = description
  if (images > slots) throw new Error(`it says that it has ${images} images in ${slots} slots`)
  return description
}

/** Throws an Error where a part is no piece of a table with so many slots. */
export function tablePieceIn(part: Uint8Array, slots: number): TablePiece {
  const piece = decoded(part, tablePieceSchema, 'a piece of its table')
  if (piece.ids.length !== slots || piece.tags.length !== slots)
    throw new Error('a piece of its table has another size')
  return piece
}

export function encoded(value: Description | TablePiece): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function decoded<Schema extends z.ZodType>(part: Uint8Array, schema: Schema, what: string): z.output<Schema> {
  const { data, error } = schema.safeParse(json(part))
  if (error) throw new Error(`${what} says ${error.issues[0]!.path.join('.')}: ${error.issues[0]!.message}`)
  return data
}

/** `undefined` where it is none. */
function json(part: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(part))
  } catch {
    return undefined
  }
}
