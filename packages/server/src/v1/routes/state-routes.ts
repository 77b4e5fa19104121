import { z } from 'zod'
import type { ServerParts } from '../../server-parts.ts'
import type { Api } from '../api.ts'
import { errors } from '../schemas/error.ts'

const statusSchema = z.object({
  images: z.number().int(),
  notice: z.string().nullable(),
  filling: z
    .object({ done: z.number().int(), total: z.number().int() })
    .nullable()
    .describe('How far a folder is described'),
  limits: z.object({ uploadBytes: z.number().int(), batch: z.number().int() }),
  objects: z.number().int().describe('How many objects the model knows'),
})

const stateSchema = z.object({ status: z.enum(['ok', 'ready', 'filling', 'stopping']) })

/** How the service is: for people, for balancers and for whoever restarts it. */
export function stateRoutes(api: Api, { recommender, notice, filling, limits, stopping }: ServerParts): void {
  api.route({
    method: 'GET',
    url: '/status',
    schema: { tags: ['service'], summary: 'What there is', response: { 200: statusSchema, ...errors() } },
    handler: async () => ({
      images: await recommender.count(),
      notice: notice ?? null,
      filling: filling() ?? null,
      limits: { uploadBytes: limits.uploadBytes, batch: limits.batch },
      objects: recommender.space.axes.length - 1,
    }),
  })

  api.route({
    method: 'GET',
    url: '/health',
    schema: { tags: ['service'], summary: 'Whether it lives', response: { 200: stateSchema } },
    config: { access: 'open', whileStopping: true },
    handler: async () => ({ status: 'ok' as const }),
  })

  api.route({
    method: 'GET',
    url: '/ready',
    schema: {
      tags: ['service'],
      summary: 'Whether requests should come here',
      description: 'Not while it stops. While a folder is being described it answers and is ready.',
      response: { 200: stateSchema, 503: stateSchema },
    },
    config: { access: 'open', whileStopping: true },
    handler: async (_request, reply) => {
      if (stopping.begun) return reply.code(503).send({ status: 'stopping' as const })
      return { status: filling() === undefined ? ('ready' as const) : ('filling' as const) }
    },
  })
}
