import type { Page, Recommender } from '@image-recommender/core'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { decimal, nameOf, queryOf, untilGone, wholeNumber } from './query.ts'
import type { ServerParts } from './server-parts.ts'
import { pageShape, probabilities } from './shapes.ts'

const PAGE_LENGTH = 30
/** The most that a search gives at once; a multiple of the page length. */
const STRIDE = 990

/** Similar images, most similar first: by page number for the original's clients, by cursor for the page. */
export function similarRoutes(app: FastifyInstance, { recommender }: ServerParts): void {
  app.get('/get_similar/:name', async (request, reply) => {
    const { page } = queryOf(request, { page: wholeNumber(100_000).optional() })
    const found = await nthPage(recommender, nameOf(request), page ?? 1, untilGone(reply))
    return { images: found.items.map(({ id }) => id), objects: probabilities(found.objects) }
  })

  app.get('/api/images/:name/similar', async (request, reply) => {
    const { cursor, diversity, ...weights } = queryOf(request, {
      cursor: z.string('must be given once').max(6000).optional(),
      arrangement: decimal(10).optional(),
      colors: decimal(10).optional(),
      diversity: decimal(1).optional(),
    })
    const options = { limit: PAGE_LENGTH, cursor, weights, diversity, signal: untilGone(reply) }
    return pageShape(await recommender.similarTo(nameOf(request), options))
  })
}

/** Cursors only lead forward, so the pages before are passed by, in large steps. Behind the last page: no items. */
async function nthPage(recommender: Recommender, name: string, page: number, signal: AbortSignal): Promise<Page> {
  let cursor: string | undefined
  for (let left = (page - 1) * PAGE_LENGTH; left > 0; ) {
    const limit = Math.min(left, STRIDE)
    const passed = await recommender.similarTo(name, { limit, cursor, signal })
    if (passed.nextCursor === undefined) return { ...passed, items: [] }
    cursor = passed.nextCursor
    left -= limit
  }
  return recommender.similarTo(name, { limit: PAGE_LENGTH, cursor, signal })
}
