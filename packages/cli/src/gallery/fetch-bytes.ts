import { DownloadFailure } from './download-failure.ts'

export interface FetchOptions {
  /** Only these bytes: the first, and how many. */
  readonly range?: { readonly start: number; readonly length: number }
  /** More than so many bytes are not taken. */
  readonly atMost: number
  /** Milliseconds without a single byte after which the connection counts as broken. */
  readonly patience?: number
  readonly signal: AbortSignal
}

export interface Fetched {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** How long the whole file is. */
  readonly total: number
}

/** Answers after which the same question may well be answered. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])

/**
 * What is at an address, or a range of it, and no less than the server says that there is.
 *
 * @throws DownloadFailure
 * @throws the reason of `signal`
 */
export async function fetchBytes(address: string, options: FetchOptions): Promise<Fetched> {
  const { range, atMost, patience = 20_000, signal } = options
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), patience)
  try {
    // What is counted are the bytes on the wire, so these must not be compressed ones.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' }
    if (range) headers.range = `bytes=${range.start}-${range.start + range.length - 1}`
    const response = await fetch(address, { headers, signal: AbortSignal.any([signal, silence.signal]) })
    if (!response.ok) throw await refused(response)
    const total = range && totalOf(response, range.start)
    if (range && total === undefined) {
      await response.body?.cancel()
      throw new DownloadFailure('The server does not hand out parts of files.', { passing: false })
    }
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body ?? []) {
      timer.refresh()
      chunks.push(chunk)
      size += chunk.length
      if (size > atMost) throw new DownloadFailure(`It has more than ${atMost} bytes.`, { passing: false })
    }
    return { bytes: joined(chunks, size), total: total ?? size }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof DownloadFailure) throw error
    const message = silence.signal.aborted ? `Nothing came for ${patience / 1000} seconds.` : broken(error)
    throw new DownloadFailure(message, { passing: true, cause: error })
  } finally {
    clearTimeout(timer)
  }
}

async function refused(response: Response): Promise<DownloadFailure> {
  await response.body?.cancel()
  const message = `The server answered ${response.status} ${response.statusText}`.trimEnd()
  return new DownloadFailure(`${message}.`, { passing: PASSING.has(response.status) })
}

/** @returns `undefined`: what comes is not this range */
function totalOf({ status, headers }: Response, start: number): number | undefined {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? []
  return status === 206 && Number(first) === start ? Number(total) : undefined
}

/** What `fetch` says is "fetch failed" or "terminated"; why is in its cause. */
function broken(error: unknown): string {
  const { message, cause } = error as Error
  const reason = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message
  return `The connection broke: ${reason}.`
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
