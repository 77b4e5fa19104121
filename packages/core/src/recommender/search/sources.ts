import type { QueryEmbedding, QueryExample } from './query.ts'

const MOST_SOURCES = 3

/** The stored images because of which examples have an axis: three at most, those that count most first. */
export function sourcesOfAxis(examples: readonly QueryExample[], axis: number): readonly string[] {
  const having = examples.filter(({ vector }) => vector[axis]! > 0)
  having.sort((a, b) => b.weight * b.vector[axis]! - a.weight * a.vector[axis]!)
  return first(having.flatMap(({ from }) => from(axis)))
}

/** `sourcesOfAxis` for many a match of one query: each axis is looked up once. */
export function sourcesByAxis(examples: readonly QueryExample[]): (axis: number) => readonly string[] {
  const known = new Map<number, readonly string[]>()
  return (axis) => {
    const sources = known.get(axis) ?? sourcesOfAxis(examples, axis)
    known.set(axis, sources)
    return sources
  }
}

/** The stored images that looks are compared with: three at most, those that weigh most first. */
export function sourcesOfLooks(examples: readonly QueryExample[]): readonly string[] {
  const seen = examples.filter(({ look }) => look !== undefined)
  return first(heaviestFirst(seen).flatMap(({ from }) => from(0)))
}

/** The stored images that embeddings are compared with: three at most, those that weigh most first. */
export function sourcesOfEmbeddings(embeddings: readonly QueryEmbedding[]): readonly string[] {
  return first(heaviestFirst(embeddings).flatMap(({ from }) => from))
}

function heaviestFirst<Weighed extends { readonly weight: number }>(all: readonly Weighed[]): readonly Weighed[] {
  return [...all].sort((a, b) => b.weight - a.weight)
}

/** None twice. */
function first(sources: readonly string[]): readonly string[] {
  return [...new Set(sources)].slice(0, MOST_SOURCES)
}
