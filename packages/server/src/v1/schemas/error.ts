import { z } from 'zod'

export const errorSchema = z
  .object({
    error: z.object({ code: z.string().describe('Stays what it is'), message: z.string().describe('For people') }),
  })
  .meta({ id: 'Error' })

const meanings = {
  400: 'The request makes no sense',
  401: 'A key is missing or wrong',
  404: 'There is no image of that id',
  409: 'It cannot be done to this image',
  413: 'Too much at once',
  415: 'No image that can be read',
  429: 'Too many requests; see Retry-After',
  503: 'Busy or stopping; see Retry-After',
} as const

/** The error answers of a route. */
export function errors(...statuses: readonly (keyof typeof meanings)[]) {
  const all = [...new Set([400, ...statuses, 503] as (keyof typeof meanings)[])]
  return Object.fromEntries(all.map((status) => [status, errorSchema.describe(meanings[status])]))
}
