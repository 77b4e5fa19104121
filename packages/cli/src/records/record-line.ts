import type { ImageRecord } from '@image-recommender/core'

/** One record as a line of JSON, always with the same fields in the same order: equal records are equal lines. */
export function recordToLine(record: ImageRecord): string {
  const { id, spaceId, objects, vector, embedding, width, height, appearance, tags, metadata, contentHash } = record
  const fields = {
    id,
    spaceId,
    objects: objects.map(({ axis, score, box, color }) => ({ axis, score, box, color })),
    vector: [...vector],
    embedding: embedding && { spaceId: embedding.spaceId, vector: [...embedding.vector] },
    width,
    height,
    appearance: appearance && {
      palette: appearance.palette.map(({ color, share }) => ({ color, share })),
      hash: appearance.hash,
    },
    tags,
    metadata,
    contentHash,
  }
  return `${JSON.stringify(fields)}\n`
}

/**
 * The other way. What is in the record is checked where it is stored.
 *
 * @throws Error saying what the line is instead
 */
export function recordFromLine(line: string): ImageRecord {
  const fields: unknown = JSON.parse(line)
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw new Error('is no JSON object')
  const { vector, embedding, ...rest } = fields as { vector?: unknown; embedding?: { vector?: unknown } | null }
  return {
    ...rest,
    vector: float32('vector', vector),
    embedding: embedding ? { ...embedding, vector: float32('embedding.vector', embedding.vector) } : null,
  } as ImageRecord
}

function float32(name: string, values: unknown): Float32Array {
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'number'))
    throw new Error(`has no array of numbers as "${name}"`)
  return Float32Array.from(values)
}
