/** A dense vector of something liked. */
export interface LikedEmbedding {
  /** Above 0. */
  readonly weight: number
  /** Something of it is not 0. */
  readonly vector: Float32Array
}

/** The mean of dense vectors by their weights, each at unit length; one is itself. */
export function meanEmbedding(liked: readonly LikedEmbedding[]): Float32Array {
  if (liked.length === 1) return liked[0]!.vector
  const sum = new Float64Array(liked[0]!.vector.length)
  for (const { weight, vector } of liked) {
    const scale = weight / lengthOf(vector)
    for (let axis = 0; axis < sum.length; axis++) sum[axis]! += scale * vector[axis]!
  }
  return Float32Array.from(sum)
}

/** How alike images are as a whole: the cosine of their dense vector and the mean of the liked ones, 0..1; 0 where there is none. */
export class EmbeddingLikeness {
  readonly #mean: Float32Array
  readonly #length: number

  /** One at least. */
  constructor(liked: readonly LikedEmbedding[]) {
    this.#mean = meanEmbedding(liked)
    this.#length = lengthOf(this.#mean)
  }

  of(vector: Float32Array | null): number {
    if (!vector) return 0
    let dot = 0
    for (let axis = 0; axis < vector.length; axis++) dot += vector[axis]! * this.#mean[axis]!
    const lengths = this.#length * lengthOf(vector)
    return lengths === 0 ? 0 : Math.min(1, Math.max(0, dot / lengths))
  }
}

function lengthOf(vector: Float32Array): number {
  let squares = 0
  for (let axis = 0; axis < vector.length; axis++) squares += vector[axis]! ** 2
  return Math.sqrt(squares)
}
