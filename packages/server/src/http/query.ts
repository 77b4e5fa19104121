import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HttpError } from './errors.ts'

/** The query string, checked. @throws HttpError 400 that names the parameter */
export function queryOf<Shape extends z.ZodRawShape>(request: FastifyRequest, shape: Shape) {
  const parsed = z.object(shape).safeParse(request.query)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new HttpError(400, 'INVALID_ARGUMENT', `${path.join('.')}: ${message}`)
}

/** A whole number from 1 to `most`, given as text. */
export function wholeNumber(most: number) {
  const message = `must be a whole number from 1 to ${most}`
  return z
    .string(message)
    .regex(/^[1-9]\d{0,8}$/, message)
    .transform(Number)
    .pipe(z.number().max(most, message))
}

/** A number from 0 to `most`, given as text. */
export function decimal(most: number) {
  const message = `must be a number from 0 to ${most}`
  return z
    .string(message)
    .regex(/^\d{1,3}(\.\d{1,6})?$/, message)
    .transform(Number)
    .pipe(z.number().max(most, message))
}

export function nameOf(request: FastifyRequest): string {
  return (request.params as { name: string }).name
}

/** Aborts when the client has gone before its answer, so that nobody works for nobody. */
export function untilGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
