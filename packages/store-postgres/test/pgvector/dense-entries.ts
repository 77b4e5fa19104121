import { distanceOf, type IndexEntry, type Match, type Metric } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'

/** Entries like embeddings: around some centres, dense, of any sign. Every hundredth has the tag `rare`, every second `even`. */
export function denseEntries(count: number, dimensions: number, seed: number): IndexEntry[] {
  const random = seededRandom(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const centres = Array.from({ length: 40 }, () => Float32Array.from({ length: dimensions }, normal))
  return Array.from({ length: count }, (_, at) => ({
    id: `image-${at}`,
    vector: centres[Math.floor(random() * centres.length)]!.map((value) => value + 0.6 * normal()),
    tags: [...(at % 100 === 0 ? ['rare'] : []), ...(at % 2 === 0 ? ['even'] : [])],
  }))
}

/** The nearest, found by looking at all. */
export function nearestOf(
  entries: readonly IndexEntry[],
  metric: Metric,
  vector: Float32Array,
  limit: number,
): Match[] {
  const distance = distanceOf(metric)
  return entries
    .map((entry) => ({ id: entry.id, vector: entry.vector, distance: distance(vector, entry.vector) }))
    .sort((a, b) => a.distance - b.distance || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)))
    .slice(0, limit)
}

/** Which share of the true neighbours was found: those no farther than the last of them. */
export function recallOf(found: readonly Match[], truth: readonly Match[]): number {
  const farthest = truth.at(-1)?.distance ?? 0
  return found.filter(({ distance }) => distance <= farthest).length / truth.length
}
