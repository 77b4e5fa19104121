import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import { COCO_AXES, createRecommender, type ImageRecord } from '../../src/index.ts'

// The vectors that the original service shipped, COCO val2017 under its Mask R-CNN. They are not part of this repository.
const folder =
  process.env.COCO_VECTORS ??
  fileURLToPath(new URL('../../../../../shared/data/coco-val2017-mask-rcnn', import.meta.url))
const missing = !existsSync(`${folder}/vectors.f32`)
const AXES = COCO_AXES.length
const NEIGHBOURS = 30

describe.skipIf(missing)(
  `parity with the original service, on its own 5,000 vectors${missing ? ' (not here: COCO_VECTORS names their folder)' : ''}`,
  () => {
    it('finds the same 30 Euclidean distances as brute force, for every image', async () => {
      const { names, vectors } = originalVectors()
      const index = createExactIndex({ dimensions: AXES, metric: 'euclidean' })
      await index.write({ put: names.map((id, at) => ({ id, vector: vectors[at]!, tags: [] })) })
      for (const [at, id] of names.entries()) {
        const matches = await index.search({ vector: vectors[at]!, limit: NEIGHBOURS, where: { exclude: [id] } })
        const others = vectors.filter((_, other) => other !== at)
        expect(matches.map(({ distance }) => distance)).toEqual(nearestDistances(vectors[at]!, others))
      }
      expect(names).toHaveLength(5000)
    }, 300_000)

    it('does so through the façade, where images without objects are in no result', async () => {
      const { names, vectors } = originalVectors()
      const space = { id: 'original', axes: COCO_AXES, threshold: 0.7 }
      const index = createExactIndex({ dimensions: AXES, metric: 'euclidean' })
      await using recommender = await createRecommender({ extractor: space, index, ranking: { by: 'distance' } })
      await recommender.put(names.map((id, at) => recordOf(id, vectors[at]!)))
      for (let at = 0; at < names.length; at += 20) {
        const { items, nothingRecognised } = await recommender.similarTo(names[at]!, { limit: NEIGHBOURS })
        const others = vectors.filter((vector, other) => other !== at && !isEmpty(vector))
        const expected = isEmpty(vectors[at]!) ? [] : nearestDistances(vectors[at]!, others)
        expect(items.map(({ distance }) => distance)).toEqual(expected)
        expect(nothingRecognised).toBe(isEmpty(vectors[at]!))
      }
    }, 60_000)
  },
)

function originalVectors() {
  const names = readFileSync(`${folder}/names.txt`, 'utf8').trim().split('\n')
  const bytes = readFileSync(`${folder}/vectors.f32`)
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  return { names, vectors: names.map((_, at) => values.subarray(at * AXES, (at + 1) * AXES)) }
}

function nearestDistances(query: Float32Array, vectors: Float32Array[]): number[] {
  const squares = Float64Array.from(vectors, (vector) => {
    let sum = 0
    for (let axis = 0; axis < AXES; axis++) sum += (query[axis]! - vector[axis]!) ** 2
    return sum
  })
  return Array.from(squares.sort().subarray(0, NEIGHBOURS), Math.sqrt)
}

function isEmpty(vector: Float32Array): boolean {
  return vector.every((value) => value === 0)
}

function recordOf(id: string, vector: Float32Array): ImageRecord {
  const objects = [...vector].flatMap((score, axis) => (score > 0 ? [{ axis, score, box: null, color: null }] : []))
  const facts = { objects, vector, width: 640, height: 480, appearance: null }
  return { ...facts, id, spaceId: 'original', tags: [], metadata: {}, contentHash: null, embedding: null }
}
