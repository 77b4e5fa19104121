import { ask, askWith } from './ask.js'

const imagePath = (id) => `/v1/images/${encodeURIComponent(id)}`

/** For whoever has but the id; images bring an address of their own that may be kept for good. */
export const thumbnailOf = (id) => `${imagePath(id)}/thumbnail`

export const getStatus = () => ask('/v1/status')
export const getSample = (count, signal) => ask(`/v1/sample?count=${count}`, { signal })
export const getImage = (id, signal) => ask(imagePath(id), { signal })

/** @param {URLSearchParams} parameters conditions and how they are ranked */
export function getSimilar(id, parameters, cursor, signal) {
  const query = new URLSearchParams(parameters)
  if (cursor !== null) query.set('cursor', cursor)
  return ask(`${imagePath(id)}/similar?${query}`, { signal })
}

export const recommend = (query, signal) => askWith('/v1/recommend', query, signal)
export const tasteFrom = (history, signal) => askWith('/v1/tastes', history, signal)

/** In how many images each object is, among those that meet the conditions. */
export const getCounts = (parameters, signal) => ask(`/v1/objects?${parameters}`, { signal })

let names
/** The names of all objects that can be asked for; asked for once. */
export async function getNames() {
  names ??= ask('/v1/objects/names')
  try {
    return (await names).names
  } catch (error) {
    names = undefined
    throw error
  }
}
