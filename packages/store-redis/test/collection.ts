import { createRecommender, type Recommender, type SimilarityIndex } from '@image-recommender/core'
import { onTestFinished } from 'vitest'
import { createRedisIndex, createRedisStore } from '../src/index.ts'
import { record } from './records.ts'
import type { TestClient } from './servers.ts'

const AXES = 12
const SPACE = { id: 'test', axes: Array.from({ length: AXES }, (_, axis) => `axis ${axis}`), threshold: null }

/** A recommender over a store and an index in Redis, and a look at what each of the two says. Closed behind the test. */
export class Collection {
  readonly recommender: Recommender
  readonly index: SimilarityIndex

  private constructor(recommender: Recommender, index: SimilarityIndex) {
    this.recommender = recommender
    this.index = index
  }

  static async open(client: TestClient, prefix: string): Promise<Collection> {
    const store = await createRedisStore({ client, prefix, pollInterval: 20 })
    const index = await createRedisIndex({ client, prefix, dimensions: AXES })
    const recommender = await createRecommender({ extractor: SPACE, store, index })
    onTestFinished(() => recommender.close())
    return new Collection(recommender, index)
  }

  /** Puts images whose vectors and tags say with which number. */
  put(ids: readonly string[], number: number): Promise<void> {
    return this.recommender.put(
      ids.map((id) => {
        const vector = new Float32Array(AXES)
        vector[number % AXES] = 1
        vector[(number + id.length) % AXES] = Math.fround((1 + (number % 1000)) / 1001)
        return record(id, { spaceId: SPACE.id, objects: [], vector, tags: [`${number}`], embedding: null })
      }),
    )
  }

  /** Of each image in the store its number. */
  async numbers(): Promise<Map<string, string>> {
    const numbers = new Map<string, string>()
    for await (const { id, tags } of this.recommender.records()) numbers.set(id, tags.join())
    return numbers
  }

  /** Where index and store are not of one mind; empty when they are. */
  async differences(): Promise<string[]> {
    const stored = new Map<string, string>()
    for await (const { id, vector } of this.recommender.records()) stored.set(id, vector.join())
    const vector = Float32Array.from({ length: AXES }, () => 1)
    const found = new Map(
      (await this.index.search({ vector, limit: 100_000 })).map(({ id, vector }) => [id, vector.join()]),
    )
    const { total } = await this.index.counts()
    const ids = new Set([...stored.keys(), ...found.keys()])
    const differing = [...ids].filter((id) => stored.get(id) !== found.get(id))
    return total === stored.size ? differing : [...differing, `counted ${total} of ${stored.size}`]
  }
}
