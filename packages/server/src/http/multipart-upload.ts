import type { FastifyRequest } from 'fastify'
import { HttpError } from './errors.ts'

export const MAX_UPLOAD_BYTES = 32 * 1024 * 1024
/** What the form around the file may take. */
const FORM_BYTES = 64 * 1024

const limits = {
  fileSize: MAX_UPLOAD_BYTES,
  files: 1,
  fields: 8,
  parts: 9,
  fieldSize: 1024,
  fieldNameSize: 100,
  headerPairs: 20,
}

const tooLarge = () =>
  new HttpError(413, 'FILE_TOO_LARGE', `The file is too large: ${MAX_UPLOAD_BYTES / 1024 / 1024} MiB is the most.`)

/**
 * The bytes of the one file that a form sends in `field`.
 *
 * @throws HttpError 4xx where there is none, or more than that
 */
export async function readUpload(request: FastifyRequest, field: string): Promise<Uint8Array> {
  if (!request.isMultipart()) {
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', `Send multipart/form-data with the image in the field ${field}.`)
  }
  // Said beforehand, so nothing needs to be read.
  if (Number(request.headers['content-length']) > MAX_UPLOAD_BYTES + FORM_BYTES) throw tooLarge()
  limitTotal(request)

  let bytes: Uint8Array | undefined
  let wrongField: string | undefined
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type !== 'file') {
        if (part.fieldname === field) wrongField = field
        continue
      }
      if (part.fieldname === field) {
        bytes = await part.toBuffer()
      } else {
        wrongField = part.fieldname
        part.file.resume()
      }
    }
  } catch (error) {
    throw asClientError(error)
  }
  if (bytes !== undefined && bytes.length > 0) return bytes
  if (bytes !== undefined) throw new HttpError(400, 'NO_FILE', 'The file is empty.')
  throw new HttpError(
    400,
    'NO_FILE',
    wrongField === undefined || wrongField === field
      ? `The form has no file. Send one in the field ${field}.`
      : `The file is in another field. Send it in the field ${field}.`,
  )
}

/** The parser's limits do not count what stands before, between and after the parts. */
function limitTotal({ raw }: FastifyRequest): void {
  let total = 0
  raw.on('data', (chunk: Uint8Array) => {
    total += chunk.length
    if (total > MAX_UPLOAD_BYTES + FORM_BYTES) raw.destroy()
  })
}

/** Whatever the parser stumbles over is in what was sent. */
function asClientError(error: unknown): unknown {
  const { statusCode, code } = error as { statusCode?: number; code?: string }
  if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge()
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500 && statusCode !== 406) return error
  return new HttpError(400, 'BAD_FORM', 'The form data cannot be read.')
}
