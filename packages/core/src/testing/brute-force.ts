/**
 * What an index must answer, worked out the slow way. The arithmetic is deliberately its own: nothing here calls what an
 * index under test might call.
 */
import type { Filter, IndexEntry, Match, Metric, SearchRequest } from '../similarity-index.ts'

export function trueDistance(metric: Metric, a: Float32Array, b: Float32Array): number {
  if (metric === 'euclidean') return Math.sqrt(sumOver(a, (at) => (a[at]! - b[at]!) ** 2))
  const squares = sumOver(a, (at) => a[at]! ** 2) * sumOver(b, (at) => b[at]! ** 2)
  return squares === 0 ? 1 : Math.max(0, 1 - sumOver(a, (at) => a[at]! * b[at]!) / Math.sqrt(squares))
}

function sumOver(vector: Float32Array, term: (at: number) => number): number {
  let sum = 0
  for (let at = 0; at < vector.length; at++) sum += term(at)
  return sum
}

export function bruteForce(metric: Metric, entries: readonly IndexEntry[], { vector, limit }: SearchRequest): Match[] {
  return entries
    .map((entry) => ({ id: entry.id, vector: entry.vector, distance: trueDistance(metric, vector, entry.vector) }))
    .sort(byPlace)
    .slice(0, limit)
}

export function byPlace(a: Match, b: Match): number {
  return a.distance - b.distance || byBytes(a.id, b.id)
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

export function passesNaively(
  { id, vector, tags }: IndexEntry,
  { axes = {}, tags: wanted = {}, exclude = [] }: Filter,
): boolean {
  const present = ({ axis, atLeast = 0 }: { axis: number; atLeast?: number | undefined }) =>
    vector[axis]! > 0 && vector[axis]! >= atLeast
  if (exclude.includes(id)) return false
  for (const condition of axes.all ?? []) if (!present(condition)) return false
  for (const condition of axes.none ?? []) if (present(condition)) return false
  if (axes.any?.length && !axes.any.some(present)) return false
  for (const tag of wanted.all ?? []) if (!tags.includes(tag)) return false
  for (const tag of wanted.none ?? []) if (tags.includes(tag)) return false
  return !wanted.any?.length || wanted.any.some((tag) => tags.includes(tag))
}

export function countNaively(entries: readonly { vector: Float32Array }[], dimensions: number): number[] {
  return Array.from({ length: dimensions }, (_, axis) => entries.filter(({ vector }) => vector[axis]! > 0).length)
}
