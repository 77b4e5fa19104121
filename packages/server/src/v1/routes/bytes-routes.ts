import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { ServerParts } from '../../server-parts.ts'
import type { Api } from '../api.ts'
import { errors } from '../schemas/error.ts'
import { idParameter } from '../schemas/image.ts'

const versionParameter = z.object({
  v: z.string().max(64).optional().describe('The version, as the address of an image has it'),
})

/** What images look like. */
export function bytesRoutes(api: Api, { sendRendition }: ServerParts): void {
  for (const [kind, summary] of [
    ['file', 'The image, without what its file says of camera, place and author'],
    ['thumbnail', 'A small WebP of it'],
  ] as const) {
    api.route({
      method: 'GET',
      url: `/images/:id/${kind}`,
      schema: {
        tags: ['images'],
        summary,
        params: idParameter,
        querystring: versionParameter,
        response: {
          200: { description: 'The bytes', content: { 'image/*': { schema: z.file() } } },
          304: z.null().describe('Unchanged since `If-None-Match`'),
          ...errors(404),
        },
      },
      // Its schemas are of what is no image.
      handler: ({ params, query }, reply) => sendRendition(reply as FastifyReply, kind, params.id, query.v) as never,
    })
  }
}
