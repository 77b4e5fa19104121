import { z } from 'zod'
import { HttpError } from '../../http/errors.ts'
import type { FormFields } from '../../http/form.ts'
import { invalidMessage } from '../../http/invalid.ts'
import { untilGone } from '../../http/until-gone.ts'
import { acceptedKindOf } from '../../images/intake.ts'
import type { ServerParts } from '../../server-parts.ts'
import { pageAnswer } from '../answers.ts'
import type { Api } from '../api.ts'
import { errors } from '../schemas/error.ts'
import { idParameter } from '../schemas/image.ts'
import { pageSchema } from '../schemas/page.ts'
import { recommendSchema, searchParameters } from '../schemas/search.ts'
import { searchOptions } from '../search-options.ts'

/** What is similar, and why. */
export function searchRoutes(api: Api, { recommender, receive }: ServerParts): void {
  api.route({
    method: 'GET',
    url: '/images/:id/similar',
    schema: {
      tags: ['search'],
      summary: 'Images like a stored one',
      params: idParameter,
      querystring: searchParameters,
      response: { 200: pageSchema, ...errors(404, 409, 429) },
    },
    config: { cost: 'search' },
    handler: async ({ params, query }, reply) =>
      pageAnswer(await recommender.similarTo(params.id, { ...searchOptions(query), signal: untilGone(reply) })),
  })

  api.route({
    method: 'POST',
    url: '/search',
    schema: {
      tags: ['search'],
      summary: 'Images like one that is sent',
      description: 'Nothing of it is stored. For a next page, send it again with the cursor.',
      response: { 200: pageSchema, ...errors(401, 413, 415, 429) },
    },
    config: {
      form: searchParameters.extend({ image: z.file().describe('JPEG, PNG, WebP, GIF or AVIF') }),
      access: 'read',
      cost: 'upload',
    },
    handler: async (request, reply) => {
      const { bytes, fields, signal } = await receive(request, reply, 'image')
      acceptedKindOf(bytes)
      return pageAnswer(await recommender.similarToImage(bytes, { ...searchOptions(parametersOf(fields)), signal }))
    },
  })

  api.route({
    method: 'POST',
    url: '/recommend',
    schema: {
      tags: ['search'],
      summary: 'Images by what is liked and disliked',
      description: 'Stored images, named objects, tags, a taste: any mix of them.',
      body: recommendSchema,
      response: { 200: pageSchema, ...errors(404, 409, 413, 415, 429) },
    },
    config: { access: 'read', cost: 'search' },
    handler: async ({ body }, reply) => pageAnswer(await recommender.recommend({ ...body, signal: untilGone(reply) })),
  })
}

function parametersOf(fields: FormFields): z.infer<typeof searchParameters> {
  // As in a query string, what comes once is no list.
  const given = Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  )
  const parsed = searchParameters.safeParse(given)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new HttpError(400, 'INVALID_ARGUMENT', invalidMessage(path, message, given))
}
