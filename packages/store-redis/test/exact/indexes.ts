import type { IndexEntry, SimilarityIndex } from '@image-recommender/core'
import { afterEach } from 'vitest'
import { createRedisIndex, type RedisIndexClient } from '../../src/index.ts'

export const shape = { dimensions: 12, metric: 'cosine' } as const

const indexes: SimilarityIndex[] = []

/** Closes what `open` opened behind each test of the file. */
export function closeIndexes(): void {
  afterEach(async () => {
    for (const index of indexes.splice(0)) await index.close()
  })
}

export async function open(
  client: RedisIndexClient,
  prefix = 'index',
  more: {
    readonly dimensions?: number
    readonly metric?: 'cosine' | 'euclidean'
    onWarning?(warning: Error): void
  } = {},
): Promise<SimilarityIndex> {
  const index = await createRedisIndex({ client, prefix, ...shape, ...more })
  indexes.push(index)
  return index
}

export function entry(id: string, values: Readonly<Record<number, number>>, tags: readonly string[] = []): IndexEntry {
  const vector = new Float32Array(shape.dimensions)
  for (const [axis, value] of Object.entries(values)) vector[Number(axis)] = value
  return { id, vector, tags }
}

/** Everything that an index says of itself, which must be of one mind: id to vector, ids ascending. */
export async function contentOf(index: SimilarityIndex): Promise<Map<string, string>> {
  const vector = new Float32Array(index.dimensions)
  vector[0] = 1
  const matches = await index.search({ vector, limit: 100_000 })
  const { total, perAxis } = await index.counts()
  const filtered = await index.counts({ exclude: ['nobody'] })
  const content = new Map(matches.map(({ id, vector }) => [id, vector.join()] as const).sort())
  const counted = Array.from(
    { length: index.dimensions },
    (_, axis) => matches.filter(({ vector }) => vector[axis]! > 0).length,
  )
  const faults = [
    content.size === matches.length ? '' : 'an id comes twice',
    total === matches.length && filtered.total === total
      ? ''
      : `counts ${total}, ${filtered.total}, found ${matches.length}`,
    [perAxis, filtered.perAxis].every((axes) => axes.join() === counted.join())
      ? ''
      : `counts ${perAxis}, found ${counted}`,
  ]
  const fault = faults.find((it) => it !== '')
  if (fault) throw new Error(fault)
  return content
}
