import type { FastifyRequest } from 'fastify'
import { HttpError } from './errors.ts'

/** What the form around the files may take. */
const FORM_BYTES = 64 * 1024
const MEBIBYTE = 1024 * 1024

export interface FormOptions {
  /** The field in which files come. */
  readonly field: string
  readonly maxFiles: number
  readonly maxFileBytes: number
}

export interface FormFile {
  /** As the client calls it; for messages alone. */
  readonly filename: string
  readonly bytes: Uint8Array
  /** Why it is not to be taken; the files behind it come nevertheless. */
  readonly refusal?: HttpError | undefined
}

/** The fields that are no files, each with all its values. They are complete when the files have been read. */
export type FormFields = Readonly<Record<string, readonly string[]>>

export interface Form {
  readonly fields: FormFields
  /** One after another, as they come in. @throws HttpError 4xx where there is none, or more than is allowed */
  files(): AsyncGenerator<FormFile>
}

/** The form data of a request. @throws HttpError 413, 415 */
export function formOf(request: FastifyRequest, options: FormOptions): Form {
  const { field, maxFiles, maxFileBytes } = options
  if (!request.isMultipart()) {
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', `Send multipart/form-data with the image in the field ${field}.`)
  }
  const maxBytes = maxFiles * maxFileBytes + FORM_BYTES
  // Said beforehand, so nothing needs to be read.
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(options)
  const fields: Record<string, string[]> = Object.create(null)
  return { fields, files: () => readFiles(request, options, fields, maxBytes) }
}

/** The one file of a form, once all of it has come. @throws HttpError 4xx */
export async function onlyFileOf(form: Form): Promise<FormFile> {
  let only: FormFile | undefined
  for await (const file of form.files()) only = file
  if (only!.refusal !== undefined) throw only!.refusal
  return only!
}

async function* readFiles(
  request: FastifyRequest,
  options: FormOptions,
  fields: Record<string, string[]>,
  maxBytes: number,
): AsyncGenerator<FormFile> {
  const { field, maxFiles, maxFileBytes } = options
  const limits = {
    fileSize: maxFileBytes,
    files: maxFiles,
    fields: 64,
    parts: maxFiles + 64,
    fieldSize: 16 * 1024,
    fieldNameSize: 100,
    headerPairs: 20,
  }
  let found = false
  let elsewhere: string | undefined
  // Both begin to read, so neither may begin before the other.
  limitTotal(request, maxBytes)
  // One that is too large is the failure of that one.
  const reading = { limits, throwFileSizeLimit: false }
  const parts = request.parts(reading)
  while (true) {
    const file = await nextFile()
    if (file === undefined) break
    found = true
    yield file
  }
  if (!found) throw noFile(field, elsewhere)

  async function nextFile(): Promise<FormFile | undefined> {
    try {
      for (let next = await parts.next(); !next.done; next = await parts.next()) {
        const part = next.value
        if (part.type !== 'file') {
          if (part.fieldname === field) elsewhere = field
          else fields[part.fieldname] = [...(fields[part.fieldname] ?? []), textOf(part.value)]
        } else if (part.fieldname !== field) {
          elsewhere = part.fieldname
          part.file.resume()
        } else {
          const bytes = await part.toBuffer()
          const refusal = part.file.truncated ? tooLarge(options) : bytes.length === 0 ? emptyFile() : undefined
          return { filename: part.filename ?? '', bytes, refusal }
        }
      }
      return undefined
    } catch (error) {
      throw asClientError(error, options)
    }
  }
}

/** A field that says of itself that it is JSON has been read as such. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function emptyFile(): HttpError {
  return new HttpError(400, 'NO_FILE', 'The file is empty.')
}

function noFile(field: string, elsewhere: string | undefined): HttpError {
  return new HttpError(
    400,
    'NO_FILE',
    elsewhere === undefined || elsewhere === field
      ? `The form has no file. Send one in the field ${field}.`
      : `The file is in another field. Send it in the field ${field}.`,
  )
}

/** The parser's limits do not count what stands before, between and after the parts. */
function limitTotal({ raw }: FastifyRequest, maxBytes: number): void {
  let total = 0
  raw.on('data', (chunk: Uint8Array) => {
    total += chunk.length
    if (total > maxBytes) raw.destroy()
  })
}

/** Whatever the parser stumbles over is in what was sent. */
function asClientError(error: unknown, options: FormOptions): unknown {
  if (error instanceof HttpError) return error
  const { statusCode, code } = error as { statusCode?: number; code?: string }
  if (code === 'FST_FILES_LIMIT') return new HttpError(413, 'TOO_MANY_FILES', `Send at most ${filesIn(options)}.`)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500 && statusCode !== 406) return error
  return new HttpError(400, 'BAD_FORM', 'The form data cannot be read.')
}

const filesIn = ({ maxFiles }: FormOptions) => (maxFiles === 1 ? 'one file' : `${maxFiles} files`)

function tooLarge({ maxFileBytes, maxFiles }: FormOptions): HttpError {
  const each = maxFiles === 1 ? '' : ` each, ${maxFiles} files`
  return new HttpError(413, 'FILE_TOO_LARGE', `That is too large: ${maxFileBytes / MEBIBYTE} MiB${each} is the most.`)
}
