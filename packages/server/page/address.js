/** Addresses of the page. Everything that can be seen has one, and nothing but the address decides what is seen. */

export const similarAddress = (id, parameters) => withParameters(`/similar/${encodeURIComponent(id)}`, parameters)
export const findAddress = (parameters) => withParameters('/find', parameters)
export const forYouAddress = (parameters) => withParameters('/for-you', parameters)
/** What came in together; also while nothing has yet. */
export const cameInAddress = (ids) =>
  withParameters('/', new URLSearchParams((ids.length === 0 ? [''] : ids).map((id) => ['image', id])))

function withParameters(path, parameters) {
  return parameters === undefined || parameters.size === 0 ? path : `${path}?${parameters}`
}

/** @returns {{ view: 'start' | 'came-in' | 'similar' | 'find' | 'for-you' | 'unknown', id?: string, parameters: URLSearchParams }} */
export function readAddress({ pathname, search }) {
  const parameters = new URLSearchParams(search)
  // The second one is how the original called it.
  const [, id] = /^\/(?:similar|predict_similar)\/([^/]+)$/.exec(pathname) ?? []
  if (id !== undefined) return { view: 'similar', id: decoded(id), parameters }
  const view = { '/': parameters.has('image') ? 'came-in' : 'start', '/find': 'find', '/for-you': 'for-you' }[pathname]
  return { view: view ?? 'unknown', parameters }
}

function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
