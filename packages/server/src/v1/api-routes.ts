import type { FastifyInstance } from 'fastify'
import { HttpError } from './errors.ts'
import { MAX_UPLOAD_BYTES } from './multipart-upload.ts'
import { nameOf, queryOf, wholeNumber } from './query.ts'
import type { ServerParts } from './server-parts.ts'
import { imageShape } from './shapes.ts'

/** What the page asks for besides similar images. */
export function apiRoutes(app: FastifyInstance, { recommender, notice, filling }: ServerParts): void {
  app.get('/api/status', async () => ({
    images: await recommender.count(),
    notice: notice ?? null,
    filling: filling() ?? null,
    maxUploadBytes: MAX_UPLOAD_BYTES,
  }))

  app.get('/api/images/:name', async (request) => {
    const image = await recommender.get(nameOf(request))
    if (image === undefined) throw new HttpError(404, 'IMAGE_NOT_FOUND', 'There is no image of that name.')
    return imageShape(image)
  })

  app.get('/api/sample', async (request) => {
    const { count } = queryOf(request, { count: wholeNumber(100).optional() })
    return { images: (await recommender.random(count ?? 30)).map(imageShape) }
  })
}
