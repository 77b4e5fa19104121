import type { Socket } from 'node:net'
import { type ErrorCode, RecommenderError } from '@image-recommender/core'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { guardHeaders } from './guard-headers.ts'
import { invalidMessage } from './invalid.ts'

/** An answer other than the wanted one: what a handler throws. The message is for whoever made the request. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

interface Answer {
  readonly status: number
  /** In place of the error's own message, which may name what a client has no business to know. */
  readonly message?: string
}

const unwell = 'Something went wrong on the server. It has been noted there.'
const busy = 'The server is busy. Try again in a moment.'
const stopping = 'The server is stopping. Try again in a moment.'

/** What each of the recommender's errors is over HTTP. Without a message here, its own is fit for clients. */
const recommenderAnswers: { readonly [C in ErrorCode]: Answer } = {
  INVALID_ARGUMENT: { status: 400 },
  IMAGE_UNREADABLE: { status: 415 },
  IMAGE_TOO_LARGE: { status: 413 },
  IMAGE_NOT_FOUND: { status: 404, message: 'There is no image of that name.' },
  SPACE_MISMATCH: {
    status: 409,
    message: 'That image was described by another model. It is described again at the next start.',
  },
  MODEL_UNAVAILABLE: { status: 503, message: 'The model is not there.' },
  MODEL_CORRUPT: { status: 500, message: unwell },
  EXTRACTOR_FAILED: { status: 500, message: unwell },
  STORE_FAILED: { status: 500, message: unwell },
  INDEX_FAILED: { status: 500, message: unwell },
  OVERLOADED: { status: 503, message: busy },
  ABORTED: { status: 503, message: stopping },
  CLOSED: { status: 503, message: stopping },
}

/** What the frameworks' errors are, where their own words would not help. */
const frameworkAnswers: Readonly<Record<string, { status: number; code: string; message: string }>> = {
  FST_FIELDS_LIMIT: { status: 413, code: 'TOO_MANY_FIELDS', message: 'The form has too many fields.' },
  FST_PARTS_LIMIT: { status: 413, code: 'TOO_MANY_FIELDS', message: 'The form has too many parts.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Send application/json, or multipart/form-data where images are sent.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'BAD_REQUEST', message: 'The body is no JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'BAD_REQUEST', message: 'The body is empty.' },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'BODY_TOO_LARGE',
    message: 'The body is too large: 1 MiB is the most.',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'BAD_REQUEST', message: 'The address is not valid.' },
}

export type ReportError = (error: unknown) => void

/** The one place where an error becomes an answer: `{ error: { code, message } }`, and never a path, SQL or a stack. */
export function createErrorHandler(report: ReportError) {
  return function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, code, message } = errorAnswer(error, request)
    if (isOwnFailure(status)) report(error)
    if (status === 503) reply.header('retry-after', '2')
    reply.code(status).header('cache-control', 'no-store').type('application/json').send({ error: { code, message } })
  }
}

/** Whether an answer tells of a failure that is the server's own. */
export function isOwnFailure(status: number): boolean {
  return status >= 500 && status !== 503
}

/** What an error is to a client. */
export function errorAnswer(
  error: unknown,
  request?: FastifyRequest,
): { status: number; code: string; message: string } {
  if (error instanceof HttpError) return error
  if (RecommenderError.is(error)) {
    const { status, message = error.message } = recommenderAnswers[error.code] ?? { status: 500, message: unwell }
    return { status, code: error.code, message }
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const { instancePath, message = 'is not valid' } = error.validation[0]!
    const path = instancePath.split('/').filter((key) => key !== '')
    return { status: 400, code: 'INVALID_ARGUMENT', message: invalidMessage(path, message, partOf(request, error)) }
  }
  if (request !== undefined && hasGone(request, error)) {
    return { status: 400, code: 'BAD_REQUEST', message: 'The connection broke off.' }
  }
  const { code, statusCode = 500 } = error as Partial<FastifyError>
  const known = frameworkAnswers[code ?? '']
  if (known !== undefined) return known
  if (statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: 'BAD_REQUEST', message: 'The request cannot be read.' }
  }
  return { status: 500, code: 'INTERNAL', message: unwell }
}

/** Whether the client has gone, and a stream to or from it has ended for that: no failure of this server, and nobody hears the answer. */
function hasGone({ raw }: FastifyRequest, error: unknown): boolean {
  return raw.socket.destroyed && (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE'
}

/** The part of the request that was checked. */
function partOf(request: FastifyRequest | undefined, { validationContext }: FastifyError): unknown {
  if (validationContext === 'querystring') return request?.query
  return validationContext === 'params' ? request?.params : request?.body
}

/** What is answered to something that is no HTTP, by what Node calls it. */
const noHttp: Readonly<Record<string, { status: string; code: string; message: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'HEADERS_TOO_LARGE',
    message: 'The headers are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'TIMEOUT',
    message: 'The request did not arrive in time.',
  },
}

/** Answers what is no HTTP, or comes too slowly, in the same words as everything else, and ends its connection. */
export function answerNoHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  // Nobody is there any more, or something has been answered on this connection already.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy(error)
    return
  }
  const known = noHttp[error.code ?? '']
  const { status, code, message } = known ?? {
    status: '400 Bad Request',
    code: 'BAD_REQUEST',
    message: 'That is no HTTP.',
  }
  const body = JSON.stringify({ error: { code, message } })
  const headers = {
    ...guardHeaders,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy())
}

/** Answers what is no route in the same words as everything else. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw new HttpError(404, 'NOT_FOUND', 'There is nothing at this address.')
  })
}
