/** What the server said, in words for people. */
class ApiError extends Error {
  /** @param {number | null} retryAfter seconds after which it may be asked again; `null`: it said no such thing */
  constructor(code, message, retryAfter = null) {
    super(message)
    this.code = code
    this.retryAfter = retryAfter
  }
}

export const noAnswer = () =>
  new ApiError(
    'NO_ANSWER',
    navigator.onLine === false
      ? 'You are offline. Once the connection is back, this goes on.'
      : 'The server does not answer. Is it still running?',
  )

/** An error from an answer: its status, its headers by name, and its body where that was JSON. */
export function errorOf(status, header, body) {
  const seconds = Number(header('retry-after') ?? Number.NaN)
  return new ApiError(
    body?.error?.code ?? 'UNKNOWN',
    body?.error?.message ?? `The server gave an answer that makes no sense (${status}).`,
    Number.isFinite(seconds) ? seconds : null,
  )
}

/** @returns the answer's JSON. @throws ApiError, or an `AbortError` */
export async function ask(address, options) {
  return patiently(() => askOnce(address, options), options?.signal)
}

/** The same, with a JSON body. */
export function askWith(address, body, signal) {
  return ask(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })
}

const ATTEMPTS = 5
const LONGEST_WAIT_S = 20

/** A server that is busy says when to come back; this does so, a few times. */
export async function patiently(work, signal) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const wait = error.retryAfter ?? null
      if (wait === null || wait > LONGEST_WAIT_S || attempt === ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.max(0.2, wait) * 1000))
      signal?.throwIfAborted()
    }
  }
}

async function askOnce(address, options) {
  let response
  try {
    response = await fetch(address, options)
  } catch (error) {
    throw error.name === 'AbortError' ? error : noAnswer()
  }
  const answer = await response.json().catch(() => undefined)
  if (response.ok && answer !== undefined) return answer
  throw errorOf(response.status, (name) => response.headers.get(name), answer)
}
