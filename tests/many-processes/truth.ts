import { compareUtf8, distanceOf, type ImageStore } from '@image-recommender/core'
import { seededVectors } from '@image-recommender/core/testing'
import { DIMENSIONS } from './replica/images.js'
import type { ReplicaProcess } from './replica-process.ts'

const queries = seededVectors({ count: 3, seed: 7, dimensions: DIMENSIONS }).map((vector) =>
  vector.map((value, axis) => value + (axis + 1) / 100),
)

interface Content {
  readonly counts: { readonly total: number; readonly perAxis: number[] }
  readonly searches: { id: string; distance: number; vector: number[] }[][]
}

/** What every index over this store must say, found by comparing with every record. */
export async function truthOf(store: ImageStore): Promise<Content> {
  const records: { id: string; vector: Float32Array }[] = []
  for await (const { id, vector } of store.scan()) if (vector.some((value) => value !== 0)) records.push({ id, vector })
  const distance = distanceOf('cosine')
  const perAxis = Array.from(
    { length: DIMENSIONS },
    (_, axis) => records.filter(({ vector }) => vector[axis]! > 0).length,
  )
  const searches = queries.map((query) =>
    records
      .map(({ id, vector }) => ({ id, distance: distance(query, vector), vector: [...vector] }))
      .sort((a, b) => a.distance - b.distance || compareUtf8(a.id, b.id)),
  )
  return { counts: { total: records.length, perAxis }, searches }
}

/** What the index of a process says. */
export async function contentOf(replica: ReplicaProcess): Promise<Content> {
  const counts = await replica.call<Content['counts']>('counts')
  const searches: Content['searches'] = []
  for (const query of queries) searches.push(await replica.call('search', [...query]))
  return { counts, searches }
}
