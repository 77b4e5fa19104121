import { type IndexChanges, RecommenderError } from '@image-recommender/core'
import { nextTurn, shown } from '@image-recommender/core/parts'
import { type PackedChanges, pack } from './thread/messages.ts'

/** What is packed and sent at a time: so many values, or so many entries, at most. */
const VALUES_A_CHUNK = 2 ** 18
const ENTRIES_A_CHUNK = 2048

/**
 * Changes, entries checked, copied and packed, chunk by chunk (at least one, which may be empty); between two of them others have
 * their turn. What is not finite is refused before anything is sent: one NaN in the graph would lead searches astray for ever.
 */
export async function changeChunks(
  { put = [], delete: gone = [] }: IndexChanges,
  dimensions: number,
): Promise<PackedChanges[]> {
  const nothing = pack([], dimensions)
  const chunks: PackedChanges[] = inChunks(gone, ENTRIES_A_CHUNK).map((chunk) => ({ gone: chunk, entries: nothing }))
  const most = Math.max(1, Math.floor(VALUES_A_CHUNK / dimensions))
  for (const chunk of inChunks(put, Math.min(most, ENTRIES_A_CHUNK))) {
    if (chunks.length > 0) await nextTurn()
    for (const { id, vector } of chunk) assertVector(vector, dimensions, `The vector of image ${shown(id)}`)
    chunks.push({ gone: [], entries: pack(chunk, dimensions) })
  }
  return chunks.length > 0 ? chunks : [{ gone: [], entries: nothing }]
}

function inChunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size))
}

/** @throws RecommenderError `INVALID_ARGUMENT` */
export function assertVector(vector: Float32Array, dimensions: number, what: string): void {
  if (!(vector instanceof Float32Array) || vector.length !== dimensions) {
    const received = vector instanceof Float32Array ? `${vector.length} values` : shown(vector)
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `${what} must be a Float32Array of ${dimensions} values (received ${received}).`,
    )
  }
  const axis = vector.findIndex((value) => !Number.isFinite(value))
  if (axis >= 0)
    throw new RecommenderError('INVALID_ARGUMENT', `${what} is ${vector[axis]} on axis ${axis}; give finite values.`)
}
