import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { concurrently } from '../../http/concurrently.ts'
import { errorAnswer, isOwnFailure, type ReportError } from '../../http/errors.ts'
import { type FormFile, formOf } from '../../http/form.ts'
import { untilGone } from '../../http/until-gone.ts'
import type { ServerParts } from '../../server-parts.ts'
import { imageAnswer } from '../answers.ts'
import type { Api } from '../api.ts'
import { batchForm, imageFields } from '../image-form.ts'
import { errorSchema, errors } from '../schemas/error.ts'
import { imageSchema } from '../schemas/image.ts'

const place = {
  index: z.number().int().describe('Which file of the form, from 0'),
  name: z.string().describe('What the file is called'),
}
const addedSchema = z.object({ ...place, image: imageSchema })
const failedSchema = z.object({ ...place, ...errorSchema.shape })
const reportSchema = z.object({ added: z.array(addedSchema), failed: z.array(failedSchema) }).meta({ id: 'Batch' })

/** What became of one file. */
type Outcome =
  | { readonly event: 'added'; readonly data: z.infer<typeof addedSchema> }
  | { readonly event: 'failed'; readonly data: z.infer<typeof failedSchema> }

/** Images of one batch that are under way at once: one is read while others are described and stored. */
const AT_ONCE = 4

/** Many images in one request, each answered for itself. */
export function batchRoute(api: Api, { intake, limits, takeTurn }: ServerParts, report: ReportError): void {
  api.route({
    method: 'POST',
    url: '/images/batch',
    schema: {
      tags: ['images'],
      summary: 'Add many images',
      description:
        `Up to ${limits.batch} files; tags and metadata that come before them are theirs. One that fails stops no other. ` +
        'With `Accept: text/event-stream` each is told of as soon as it is done, by an event `added` or `failed`; `done` at the end says how many.',
      response: {
        200: {
          description: 'What became of each',
          content: {
            'application/json': { schema: reportSchema },
            'text/event-stream': {
              schema: z.string().describe('Events `added`, `failed` and `done`, their data in JSON'),
            },
          },
        },
        ...errors(401, 413, 415, 429),
      },
    },
    config: { form: batchForm, cost: 'upload' },
    handler: async (request, reply) => {
      takeTurn(reply)
      const form = formOf(request, { field: 'image', maxFiles: limits.batch, maxFileBytes: limits.uploadBytes })
      const signal = untilGone(reply)
      const outcomes = outcomesOf(form.files(), add)
      if (!request.headers.accept?.includes('text/event-stream')) return listOf(outcomes)
      reply.type('text/event-stream').header('cache-control', 'no-store').header('x-accel-buffering', 'no')
      // Its schema is of the other answer.
      return (reply as FastifyReply).send(Readable.from(events(outcomes)))

      async function add({ bytes, filename: name, refusal }: FormFile, index: number): Promise<Outcome> {
        try {
          if (refusal !== undefined) throw refusal
          const image = await intake.add({ bytes, ...imageFields(form.fields), signal })
          return { event: 'added', data: { index, name, image: imageAnswer(image) } }
        } catch (error) {
          if (isOwnFailure(errorAnswer(error).status)) report(error)
          return failed(index, name, error)
        }
      }
    },
  })
}

function failed(index: number, name: string, error: unknown): Outcome {
  const { code, message } = errorAnswer(error)
  return { event: 'failed', data: { index, name, error: { code, message } } }
}

/** A form that breaks off is the failure of the file that was coming in: those before it are added, and must be told of. */
async function* outcomesOf(
  files: AsyncGenerator<FormFile>,
  add: (file: FormFile, index: number) => Promise<Outcome>,
): AsyncGenerator<Outcome> {
  let told = 0
  try {
    for await (const outcome of concurrently(files, AT_ONCE, add)) {
      told += 1
      yield outcome
    }
  } catch (error) {
    if (told === 0) throw error
    yield failed(told, '', error)
  }
}

async function listOf(outcomes: AsyncIterable<Outcome>): Promise<z.infer<typeof reportSchema>> {
  const list: z.infer<typeof reportSchema> = { added: [], failed: [] }
  for await (const outcome of outcomes) {
    if (outcome.event === 'added') list.added.push(outcome.data)
    else list.failed.push(outcome.data)
  }
  return list
}

async function* events(outcomes: AsyncIterable<Outcome>): AsyncGenerator<string> {
  const counts = { added: 0, failed: 0 }
  try {
    for await (const { event, data } of outcomes) {
      counts[event] += 1
      yield eventText(event, data)
    }
  } catch (error) {
    // The status has been sent already.
    counts.failed += 1
    yield eventText('failed', failed(0, '', error).data)
  }
  yield eventText('done', counts)
}

function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
