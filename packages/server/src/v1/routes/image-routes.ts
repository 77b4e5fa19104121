import { z } from 'zod'
import { HttpError } from '../../http/errors.ts'
import type { ServerParts } from '../../server-parts.ts'
import { imageAnswer } from '../answers.ts'
import type { Api } from '../api.ts'
import { imageFields, imageForm } from '../image-form.ts'
import { errors } from '../schemas/error.ts'
import { idParameter, imageSchema } from '../schemas/image.ts'

/** One image: adding, looking, deleting. */
export function imageRoutes(api: Api, { recommender, intake, receive }: ServerParts): void {
  api.route({
    method: 'POST',
    url: '/images',
    schema: {
      tags: ['images'],
      summary: 'Add an image',
      description: 'Answered once it is written, described and stored. Where any of this fails, nothing of it stays.',
      response: { 201: imageSchema, ...errors(401, 413, 415, 429) },
    },
    config: { form: imageForm, cost: 'upload' },
    handler: async (request, reply) => {
      const { bytes, fields, signal } = await receive(request, reply, 'image')
      const image = await intake.add({ bytes, ...imageFields(fields), signal })
      reply.code(201).header('location', `/v1/images/${encodeURIComponent(image.id)}`)
      return imageAnswer(image)
    },
  })

  api.route({
    method: 'GET',
    url: '/images/:id',
    schema: {
      tags: ['images'],
      summary: 'What is known of an image',
      params: idParameter,
      response: { 200: imageSchema, ...errors(404) },
    },
    handler: async ({ params }) => {
      const image = await recommender.get(params.id)
      if (image === undefined) throw new HttpError(404, 'IMAGE_NOT_FOUND', 'There is no image of that name.')
      return imageAnswer(image)
    },
  })

  api.route({
    method: 'DELETE',
    url: '/images/:id',
    schema: {
      tags: ['images'],
      summary: 'Delete an image',
      description: 'Its record, its file and what was made of it.',
      params: idParameter,
      response: { 204: z.null().describe('It is gone'), ...errors(401, 404, 409) },
    },
    handler: async ({ params }, reply) => {
      await intake.remove(params.id)
      return reply.code(204).send(null)
    },
  })
}
