import type { Filter, IndexEntry, SearchRequest } from '../../../../src/similarity-index.ts'

/** Searches of every kind: by vectors that are there and by others, through filters, from a place on. */
export function requestsAmong(entries: readonly IndexEntry[], dimensions: number): SearchRequest[] {
  const nth = (at: number) => entries[Math.floor(at * (entries.length - 1))]?.vector ?? new Float32Array(dimensions)
  const vectors = [
    ...[0, 0.13, 0.31, 0.52, 0.77, 0.9, 1].map(nth),
    new Float32Array(dimensions),
    Float32Array.from({ length: dimensions }, (_, axis) => (axis % 3) - 0.9),
    Float32Array.from({ length: dimensions }, (_, axis) => (axis % 7 === 1 ? 0.8 : 0)),
    nth(0.4).map((value) => -value),
  ]
  const filters = filtersAmong(entries, dimensions)
  return [
    ...vectors.map((vector) => ({ vector, limit: 31 })),
    { vector: nth(0.2), limit: entries.length + 1 },
    ...filters.map((where, at) => ({ vector: vectors[at % vectors.length]!, limit: 25, where })),
    ...vectors.slice(0, 3).map((vector) => ({ vector, limit: 25, after: { distance: 0.3, id: 'image-5' } })),
    { vector: nth(0.6), limit: 25, after: { distance: 0, id: entries[3]?.id ?? '3' }, where: filters[0] },
  ]
}

export function filtersAmong(entries: readonly IndexEntry[], dimensions: number): Filter[] {
  const tags = [...new Set(entries.flatMap((entry) => entry.tags))]
  const [first = 'a', second = 'b'] = tags
  const ids = entries.filter((_, at) => at % 17 === 0).map(({ id }) => id)
  const axis = (number: number) => number % dimensions
  return [
    ...tags.slice(0, 12).map((tag) => ({ tags: { all: [tag] } })),
    { tags: { any: [first, second] } },
    { tags: { none: [first] } },
    { tags: { none: tags } },
    { axes: { all: [{ axis: axis(1) }] } },
    { axes: { all: [{ axis: axis(3), atLeast: 0.8 }], none: [{ axis: axis(7) }] } },
    { axes: { any: [{ axis: axis(2) }, { axis: axis(5), atLeast: 0.9 }] } },
    { axes: { none: [{ axis: axis(1), atLeast: 0.9 }] } },
    { axes: { none: [{ axis: axis(0) }] }, tags: { any: [second] }, exclude: ids },
    { exclude: ids },
    { exclude: ids.slice(0, 2), tags: { all: ['nobody'] } },
  ]
}
