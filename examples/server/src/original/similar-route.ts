import type { NamedObject, Page, Recommender } from '@image-recommender/core'
import { HttpError, type ServerParts, untilGone, wholeNumber } from '@image-recommender/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { nameOf } from './name-of.ts'

const PAGE_LENGTH = 30
/** The most that a search gives at once; a multiple of the page length. */
const STRIDE = 990
const pageNumber = wholeNumber(100_000)

/** `GET /get_similar/<name>` → `{ images, objects }`: similar images, most similar first, 30 a page, with `?page=2` for more. */
export function similarRoute(app: FastifyInstance, { recommender }: ServerParts): void {
  app.get('/get_similar/:name', { config: { cost: 'search' } }, async (request, reply) => {
    const found = await nthPage(recommender, nameOf(request), pageOf(request), untilGone(reply))
    return { images: found.items.map(({ id }) => id), objects: probabilities(found.objects) }
  })
}

function pageOf(request: FastifyRequest): number {
  const { page = '1' } = request.query as { page?: unknown }
  const parsed = pageNumber.safeParse(page)
  if (parsed.success) return parsed.data
  throw new HttpError(400, 'INVALID_ARGUMENT', `page: ${parsed.error.issues[0]!.message}`)
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

/** The best score of each object, the best first. */
function probabilities(objects: readonly NamedObject[]): Record<string, number> {
  const best = new Map<string, number>()
  for (const { object, score } of objects) best.set(object, Math.max(score, best.get(object) ?? 0))
  return Object.fromEntries([...best].sort(([, a], [, b]) => b - a))
}
