import type { SearchOptions, Where } from '@image-recommender/core'
import type { z } from 'zod'
import type { conditionParameters, searchParameters } from './schemas/search.ts'

/** What the façade is asked for, from parameters. */
export function searchOptions(parameters: z.infer<typeof searchParameters>): SearchOptions {
  const { arrangement, colors, embedding, limit, cursor, diversity, mostPerObjectSet, collapseNearDuplicates } =
    parameters
  const where = { ...whereOf(parameters), exclude: parameters.exclude }
  return {
    where,
    weights: { arrangement, colors, embedding },
    limit,
    cursor,
    diversity,
    mostPerObjectSet,
    collapseNearDuplicates,
  }
}

export function whereOf({ all, any, none, tag }: z.infer<typeof conditionParameters>): Where {
  return { objects: { all, any, none }, tags: { all: tag } }
}
