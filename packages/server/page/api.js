/** What the server said, in words for people. */
export class ApiError extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

export const imageUrl = (name) => `/image/${encodeURIComponent(name)}`
export const thumbnailUrl = (name) => `/thumbnail/${encodeURIComponent(name)}`
export const pageUrl = (name) => `/predict_similar/${encodeURIComponent(name)}`

export const getStatus = () => ask('/api/status')
export const getSample = (count) => ask(`/api/sample?count=${count}`)
export const getImage = (name, signal) => ask(`/api/images/${encodeURIComponent(name)}`, { signal })

/** @param {URLSearchParams} parameters how they are ranked */
export function getSimilar(name, parameters, cursor, signal) {
  const query = new URLSearchParams(parameters)
  if (cursor !== null) query.set('cursor', cursor)
  return ask(`/api/images/${encodeURIComponent(name)}/similar?${query}`, { signal })
}

/** Sends a file. @returns {Promise<string>} the image's name */
export async function upload(file, signal) {
  const form = new FormData()
  form.append('file_to_upload', file)
  return (await ask('/upload_file', { method: 'POST', body: form, signal })).image_name
}

async function ask(address, options) {
  let response
  try {
    response = await fetch(address, options)
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw new ApiError('NO_ANSWER', 'The server does not answer. Is it still running?')
  }
  const answer = await response.json().catch(() => undefined)
  if (response.ok && answer !== undefined) return answer
  throw new ApiError(
    answer?.error?.code ?? 'UNKNOWN',
    answer?.error?.message ?? 'The server gave an answer that makes no sense.',
  )
}
