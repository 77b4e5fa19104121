import type { ServerParts } from '@image-recommender/server'
import type { FastifyInstance } from 'fastify'
import { nameOf } from './name-of.ts'

/** The original's pages under their addresses, and `/image/<name>`, which shows an image. */
export function pageRoutes(app: FastifyInstance, { recommender, page, sendRendition }: ServerParts): void {
  app.get('/image/:name', (request, reply) => sendRendition(reply, 'file', nameOf(request)))

  app.get('/predict_similar/:name', { config: { access: 'open' } }, async (request, reply) => {
    const known = await recommender.get(nameOf(request)).catch(() => undefined)
    return page.send(reply, known === undefined ? 404 : 200)
  })

  app.get('/predict_random_image', async (_request, reply) => {
    const [image] = await recommender.random(1)
    reply.header('cache-control', 'no-store')
    return reply.redirect(image === undefined ? '/' : `/predict_similar/${encodeURIComponent(image.id)}`, 302)
  })
}
