import type { SearchOptions, Where } from '@image-recommender/core'
import type { z } from 'zod'
import type { conditionParameters, searchParameters } from './schemas/search.ts'

/** What the façade is asked for, from parameters. */
export function searchOptions(parameters: z.infer<typeof searchParameters>): SearchOptions {
  const { all, any, none, tag, exclude, arrangement, colors, embedding, ...rest } = parameters
  const where = { ...whereOf({ all, any, none, tag }), exclude }
  return { ...rest, where, weights: { arrangement, colors, embedding } }
}

export function whereOf({ all, any, none, tag }: z.infer<typeof conditionParameters>): Where {
  return { objects: { all, any, none }, tags: { all: tag } }
}
