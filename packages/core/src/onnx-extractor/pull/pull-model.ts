import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { z } from 'zod'
import { RecommenderError } from '../../errors.ts'
import { syncFolder } from '../../file-writes.ts'
import { parse } from '../../parse.ts'
import { cachedModelPath } from '../model/model-cache.ts'
import { type ModelFile, modelFileSchema } from '../model/model-file.ts'
import { download, NetworkFailure, type PullProgress, pullAborted } from './download.ts'
import { claimPartial, discardPartial, releasePartial } from './partial-file.ts'

export interface PullModelOptions {
  /** Default: `modelCacheFolder()`, where extractors look. */
  readonly cacheFolder?: string | undefined
  readonly onProgress?: ((progress: PullProgress) => void) | undefined
  /** Aborting rejects with `ABORTED`; what has come so far is kept for the next time. */
  readonly signal?: AbortSignal | undefined
  /** A mirror: the folder that has a file of the same name, e.g. `https://mirror.example/models/`. */
  readonly baseUrl?: string | undefined
  /** Milliseconds without a single byte after which the network counts as gone. Default: 4500. */
  readonly timeout?: number | undefined
  /** Default: the global `fetch`. For proxies. */
  readonly fetch?: typeof fetch | undefined
}

const optionsSchema = z.strictObject({
  cacheFolder: z.string().min(1).optional(),
  onProgress: z.custom<(progress: PullProgress) => void>(isFunction, 'must be a function').optional(),
  signal: z.instanceof(AbortSignal).optional(),
  baseUrl: z.url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' }).optional(),
  timeout: z.int().positive().default(4500),
  fetch: z.custom<typeof fetch>(isFunction, 'must be a function').optional(),
})

/**
 * Brings a file of yours into the cache: the only function of this package that opens the network. A file that is there and
 * whole is left alone, without a look at the network. What an earlier attempt left is continued. The file appears under its name
 * only when its size and SHA-256 are right; processes that pull at once do not harm each other.
 *
 * @returns the path of the file, for the option `model` of an extractor
 * @throws RecommenderError
 * `MODEL_UNAVAILABLE`: no network, no such address, or nothing came for some seconds; what has come so far is kept
 * `MODEL_CORRUPT`: what came is not the file it should be; it is deleted
 * `ABORTED`, `INVALID_ARGUMENT`
 */
export async function pullModel(model: ModelFile, options: PullModelOptions = {}): Promise<string> {
  const file = parse(modelFileSchema, model, 'model')
  const { cacheFolder, onProgress, signal, baseUrl, timeout, fetch } = parse(optionsSchema, options, 'options')
  const path = cachedModelPath(file.name, cacheFolder)
  const address = baseUrl === undefined ? file.url : mirrored(file.url, baseUrl)
  if (signal?.aborted) throw pullAborted(signal)
  if ((await difference(path, file)) === undefined) return path

  try {
    await mkdir(dirname(path), { recursive: true })
    const partial = await claimPartial(path, file.sha256)
    try {
      await bring(partial, file, {
        address,
        total: file.bytes,
        timeout,
        fetch: fetch ?? globalThis.fetch,
        signal,
        onProgress,
      })
      await place(partial, path, file)
    } catch (error) {
      if (RecommenderError.is(error, 'MODEL_CORRUPT')) await discardPartial(partial)
      else await releasePartial(partial, path, file.sha256)
      throw error
    }
    return path
  } catch (error) {
    if (error instanceof NetworkFailure || isFileError(error)) throw unavailable(file, address, path, error)
    throw error
  }
}

function mirrored(url: string, baseUrl: string): string {
  const folder = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`
  return new URL(basename(new URL(url).pathname), folder).href
}

async function bring(partial: string, file: ModelFile, options: Parameters<typeof download>[2]): Promise<void> {
  const handle = await openForUpdate(partial)
  try {
    const { size } = await handle.stat()
    // As long as the whole: either it is whole, or its content is wrong and comes to light now.
    if (size !== file.bytes) await download(handle, size < file.bytes ? size : 0, options)
    await handle.sync()
  } finally {
    await handle.close()
  }
  const wrong = await difference(partial, file)
  if (wrong !== undefined) {
    const message = `What came from ${options.address} ${wrong}. It has been deleted; pull again, or from a mirror with the option "baseUrl".`
    throw new RecommenderError('MODEL_CORRUPT', message)
  }
}

/** Reading and writing, created where it is missing, and never emptied. */
async function openForUpdate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return await open(path, 'wx+')
  }
}

async function place(partial: string, path: string, file: ModelFile): Promise<void> {
  try {
    await rename(partial, path)
  } catch (error) {
    // Windows does not replace a file that is open, for instance one that another process pulled in the meantime.
    if ((await difference(path, file)) !== undefined) throw error
    await discardPartial(partial)
  }
  // Where the system cannot do that: the file itself is on the disk.
  await syncFolder(dirname(path)).catch(() => {})
}

/** @returns what is wrong with the file at `path`; `undefined`: nothing */
async function difference(path: string, { bytes, sha256 }: ModelFile): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return 'is no file'
  if (found.size > bytes) return `has more than ${bytes} bytes`
  if (found.size !== bytes) return `has ${found.size} bytes instead of ${bytes}`
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  const digest = hash.digest('hex')
  return digest === sha256 ? undefined : `has the SHA-256 ${digest} instead of ${sha256}`
}

function unavailable(file: ModelFile, address: string, path: string, cause: Error): RecommenderError {
  const message = `The model ${file.name} could not be brought from ${address}: ${cause.message}.`
  const remedy = `Try again, or download it by hand on another machine (${file.bytes} bytes) and put it at ${path}`
  return new RecommenderError('MODEL_UNAVAILABLE', `${message} ${remedy}`, { cause })
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
