import { type Distance, distanceOf } from '../distance.ts'
import type { AxisCondition, Conditions, Filter, Match, Metric, SimilarityIndex } from '../similarity-index.ts'

/**
 * An index of vectors that are multiplied, axis by axis, by `prominence`: powers of two from 1, so that nothing is rounded. Its distances
 * are those of the products. Whoever writes and searches sees nothing else of it: matches have the vectors that were written, and
 * filters are about their values.
 */
export function prominentIndex(index: SimilarityIndex, prominence: readonly number[]): SimilarityIndex {
  const inverse = prominence.map((factor) => 1 / factor)
  const { dimensions, metric, exact, shared } = index
  return {
    dimensions,
    metric,
    exact,
    shared,
    write({ put = [], delete: gone }, step) {
      const multiplied = put.map(({ id, vector, tags }) => ({ id, vector: times(vector, prominence), tags }))
      return index.write({ put: multiplied, delete: gone }, step)
    },
    position: () => index.position(),
    async search({ vector, limit, where, after }) {
      const asked = { vector: times(vector, prominence), limit, where: filterTimes(where, prominence), after }
      const matches = await index.search(asked)
      return matches.map((match) => new ProminentMatch(match, inverse))
    },
    counts: (where) => index.counts(filterTimes(where, prominence)),
    close: () => index.close(),
  }
}

/** The vector is divided when it is asked for, as those of images that are at hand never are. */
class ProminentMatch implements Match {
  readonly id: string
  readonly distance: number
  readonly #product: Float32Array
  readonly #inverse: readonly number[]

  constructor({ id, distance, vector }: Match, inverse: readonly number[]) {
    this.id = id
    this.distance = distance
    this.#product = vector
    this.#inverse = inverse
  }

  get vector(): Float32Array {
    return times(this.#product, this.#inverse)
  }
}

/** The distances of such an index, between vectors that are not multiplied yet. */
export function prominentDistance(metric: Metric, prominence: readonly number[]): Distance {
  const distance = distanceOf(metric)
  return (a, b) => distance(times(a, prominence), times(b, prominence))
}

/** A vector on the so many axes where its product is largest, and 0 on all others. */
export function mostProminent(vector: Float32Array, prominence: readonly number[], most: number): Float32Array {
  const product = times(vector, prominence)
  const axes = [...product.keys()].filter((axis) => product[axis]! > 0)
  axes.sort((a, b) => product[b]! - product[a]! || a - b)
  const kept = new Float32Array(vector.length)
  for (const axis of axes.slice(0, most)) kept[axis] = vector[axis]!
  return kept
}

function times(vector: Float32Array, factors: readonly number[]): Float32Array {
  const product = new Float32Array(vector.length)
  for (let axis = 0; axis < vector.length; axis++) product[axis] = vector[axis]! * factors[axis]!
  return product
}

function filterTimes(where: Filter | undefined, factors: readonly number[]): Filter | undefined {
  if (!where?.axes) return where
  const { all, any, none } = where.axes
  const axes: Conditions<AxisCondition> = {
    all: conditionsTimes(all, factors),
    any: conditionsTimes(any, factors),
    none: conditionsTimes(none, factors),
  }
  return { ...where, axes }
}

function conditionsTimes(
  conditions: readonly AxisCondition[] | undefined,
  factors: readonly number[],
): readonly AxisCondition[] | undefined {
  return conditions?.map(({ axis, atLeast }) => ({
    axis,
    atLeast: atLeast === undefined ? undefined : atLeast * factors[axis]!,
  }))
}
