import { type DetectedObject, type FeatureSpace, type ImageRecord, objectVector } from '@image-recommender/core'

/** A row of the original's table, its vector as `array_send` writes it, in base64. */
export interface OriginalRow {
  readonly id: string
  readonly name: string | null
  readonly vector: string | null
}

const MOST_BYTES_OF_A_NAME = 512
const FLOAT = 8

/** The record of a row. @throws RangeError saying what of it is not as the original wrote it */
export function recordOf({ name, vector }: OriginalRow, space: FeatureSpace): ImageRecord {
  if (name === null) throw new RangeError('`name` is NULL')
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || bytes > MOST_BYTES_OF_A_NAME) {
    throw new RangeError(`\`name\` has ${bytes} bytes, and as the id of an image may have 1 to ${MOST_BYTES_OF_A_NAME}`)
  }
  if (vector === null) throw new RangeError('`feature_vector` is NULL')
  const objects = objectsOf(valuesOf(Buffer.from(vector, 'base64'), space), space)
  return {
    id: name,
    spaceId: space.id,
    objects,
    vector: objectVector(objects, space),
    width: 1,
    height: 1,
    appearance: null,
    embedding: null,
    tags: [],
    metadata: {},
    contentHash: null,
  }
}

/** An array in binary: dimensions, whether there are nulls, type; of each dimension length and first number; then elements. */
function valuesOf(bytes: Buffer, { axes }: FeatureSpace): number[] {
  const dimensions = bytes.readInt32BE(0)
  const count = dimensions === 1 ? bytes.readInt32BE(12) : 0
  if (dimensions > 1) throw new RangeError(`\`feature_vector\` has ${dimensions} dimensions`)
  if (count !== axes.length) throw new RangeError(`\`feature_vector\` has ${count} values, not ${axes.length}`)
  const values: number[] = []
  for (let at = 20; values.length < count; at += 4 + FLOAT) {
    if (bytes.readInt32BE(at) !== FLOAT) throw new RangeError(`${nameOf(values.length, axes)} is NULL`)
    values.push(bytes.readDoubleBE(at + 4))
  }
  return values
}

/** One object for each value that is not 0, the best first. */
function objectsOf(values: readonly number[], { axes }: FeatureSpace): DetectedObject[] {
  const objects: DetectedObject[] = []
  for (const [axis, value] of values.entries()) {
    if (value === 0) continue
    // Written so that NaN does not pass.
    if (!(value > 0 && value <= 1)) throw new RangeError(`${nameOf(axis, axes)} is ${value}, and no score from 0 to 1`)
    if (axis === 0) throw new RangeError(`${nameOf(axis, axes)} is ${value}, and the background is always 0`)
    const score = Math.fround(value)
    if (score > 0) objects.push({ axis, score, box: null, color: null })
  }
  return objects.sort((a, b) => b.score - a.score)
}

function nameOf(axis: number, axes: readonly string[]): string {
  return `\`feature_vector[${axis + 1}]\` (${axes[axis]})`
}
