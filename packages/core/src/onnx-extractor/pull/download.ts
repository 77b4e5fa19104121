import type { FileHandle } from 'node:fs/promises'
import { RecommenderError } from '../../errors.ts'
import { writeAll } from '../../file-writes.ts'

export interface PullProgress {
  /** Bytes that are there, those of an earlier attempt included. */
  readonly received: number
  readonly total: number
}

export interface Download {
  readonly address: string
  readonly total: number
  /** Milliseconds without a single byte after which the network counts as gone. */
  readonly timeout: number
  readonly fetch: typeof fetch
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: PullProgress) => void) | undefined
}

/** The network failed, not the disk and not the caller. What was written is right and can be continued. */
export class NetworkFailure extends Error {}

/**
 * Continues `file` behind its first `start` bytes, or begins anew where the server does not do ranges. Stops one byte
 * after `total`, so that a wrong file cannot fill the disk.
 *
 * @returns how many bytes the file has now
 * @throws NetworkFailure
 * @throws RecommenderError `ABORTED`
 */
export async function download(file: FileHandle, start: number, options: Download): Promise<number> {
  const { total, signal, onProgress } = options
  const patience = new Patience(options.timeout)
  try {
    const response = await request(start, options, patience)
    let size = continues(response, start) ? start : 0
    await file.truncate(size)
    onProgress?.({ received: size, total })
    for await (const chunk of body(response, patience)) {
      const room = total + 1 - size
      await writeAll(file, chunk.length > room ? chunk.subarray(0, room) : chunk, size)
      size += Math.min(chunk.length, room)
      if (size > total) break
      onProgress?.({ received: size, total })
      patience.renew()
    }
    return size
  } catch (error) {
    if (signal?.aborted) throw pullAborted(signal)
    throw error
  } finally {
    patience.end()
  }
}

export function pullAborted(signal: AbortSignal): RecommenderError {
  const message = 'The download was aborted by its signal. What has come so far is kept; pull again to continue.'
  return new RecommenderError('ABORTED', message, { cause: signal.reason })
}

/** Aborts when nothing has come for a while. */
class Patience {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(milliseconds: number) {
    const lost = new NetworkFailure(`nothing came for ${milliseconds / 1000} seconds`)
    this.#timer = setTimeout(() => this.#controller.abort(lost), milliseconds)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  renew(): void {
    this.#timer.refresh()
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

async function request(start: number, { address, fetch, signal }: Download, patience: Patience): Promise<Response> {
  // Ranges are of the bytes on the wire, so these must not be compressed ones.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  if (start > 0) headers.range = `bytes=${start}-`
  let response: Response
  try {
    response = await fetch(address, { headers, signal: either(signal, patience.signal) })
  } catch (cause) {
    throw failure(cause, patience)
  }
  if (!response.ok) {
    await response.body?.cancel()
    throw new NetworkFailure(`the server answered ${response.status} ${response.statusText}`.trim())
  }
  if (response.status === 206 && !continues(response, start)) {
    await response.body?.cancel()
    throw new NetworkFailure(`the server sent another range: ${response.headers.get('content-range')}`)
  }
  return response
}

function continues(response: Response, start: number): boolean {
  return response.status === 206 && (response.headers.get('content-range')?.startsWith(`bytes ${start}-`) ?? false)
}

async function* body(response: Response, patience: Patience): AsyncGenerator<Uint8Array> {
  if (response.body === null) return
  const reader = response.body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause) => {
        throw failure(cause, patience)
      })
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function failure(cause: unknown, patience: Patience): NetworkFailure {
  if (patience.signal.aborted) return patience.signal.reason as NetworkFailure
  const inner = (cause as { cause?: unknown }).cause
  const message = [cause, inner].map((error) => (error instanceof Error ? error.message : '')).filter(Boolean)
  return new NetworkFailure(message.join(': ') || String(cause), { cause })
}

function either(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return one === undefined ? other : AbortSignal.any([one, other])
}
