import type { ServerParts } from '@image-recommender/server'
import type { FastifyInstance } from 'fastify'

/**
 * `POST /upload_file`, form field `file_to_upload` → `{ image_name }`. Answered once the image is written, described and
 * stored; where any of this fails, nothing of it stays.
 */
export function uploadRoute(app: FastifyInstance, { intake, receive }: ServerParts): void {
  app.post('/upload_file', { config: { cost: 'upload' } }, async (request, reply) => {
    const { bytes, signal } = await receive(request, reply, 'file_to_upload')
    return { image_name: (await intake.add({ bytes, signal })).id }
  })
}
