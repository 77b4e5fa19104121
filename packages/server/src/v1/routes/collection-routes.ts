import { z } from 'zod'
import { wholeNumber } from '../../http/parameters.ts'
import type { ServerParts } from '../../server-parts.ts'
import { imageAnswer } from '../answers.ts'
import type { Api } from '../api.ts'
import { errors } from '../schemas/error.ts'
import { imageSchema } from '../schemas/image.ts'
import { conditionParameters, historySchema, tasteSchema } from '../schemas/search.ts'
import { whereOf } from '../search-options.ts'

const countsSchema = z
  .object({
    total: z.number().int().describe('Images that pass, those in which nothing was recognised left out'),
    objects: z
      .record(z.string(), z.number().int())
      .describe('In how many of them each object is; the most frequent first'),
  })
  .meta({ id: 'ObjectCounts' })

/** The collection as a whole. */
export function collectionRoutes(api: Api, { recommender }: ServerParts): void {
  api.route({
    method: 'GET',
    url: '/sample',
    schema: {
      tags: ['collection'],
      summary: 'Images at random',
      querystring: z.object({ count: wholeNumber(100).optional().describe('30 by default') }),
      response: { 200: z.object({ images: z.array(imageSchema) }), ...errors() },
    },
    handler: async ({ query }) => ({ images: (await recommender.random(query.count ?? 30)).map(imageAnswer) }),
  })

  api.route({
    method: 'GET',
    url: '/objects',
    schema: {
      tags: ['collection'],
      summary: 'Which objects there are, in how many images',
      querystring: conditionParameters,
      response: { 200: countsSchema, ...errors(429) },
    },
    config: { cost: 'search' },
    handler: async ({ query }) => {
      const { total, objects } = await recommender.objectCounts(whereOf(query))
      return { total, objects: objects as Record<string, number> }
    },
  })

  api.route({
    method: 'GET',
    url: '/objects/names',
    schema: {
      tags: ['collection'],
      summary: 'All objects that the model knows',
      response: { 200: z.object({ names: z.array(z.string()) }), ...errors() },
    },
    // The first axis is the background, which is no object.
    handler: async () => ({ names: recommender.space.axes.slice(1) }),
  })

  api.route({
    method: 'GET',
    url: '/duplicates',
    schema: {
      tags: ['collection'],
      summary: 'Groups of images that are the same picture',
      description: 'It reads the whole store.',
      response: { 200: z.object({ groups: z.array(z.array(z.string())) }), ...errors(429) },
    },
    config: { cost: 'search' },
    handler: async () => ({ groups: (await recommender.duplicates()).map((group) => [...group]) }),
  })

  api.route({
    method: 'POST',
    url: '/tastes',
    schema: {
      tags: ['collection'],
      summary: 'What somebody likes, from what was liked and disliked',
      description: 'Nothing is kept: read it, edit it, store it and give it to `/v1/recommend`.',
      body: historySchema,
      response: { 200: tasteSchema, ...errors(413, 415, 429) },
    },
    config: { access: 'read', cost: 'search' },
    handler: async ({ body }) => {
      const { spaceId, objects, from, seen } = await recommender.taste(body)
      return { spaceId, objects, from, seen } as z.infer<typeof tasteSchema>
    },
  })
}
