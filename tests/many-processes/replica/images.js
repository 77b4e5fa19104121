import { sampleRecord } from '@image-recommender/core/testing'

export const DIMENSIONS = 12
export const SPACE = {
  id: 'many-processes',
  axes: Array.from({ length: DIMENSIONS }, (_, axis) => `axis ${axis}`),
  threshold: null,
}

const IDS = Array.from({ length: 240 }, (_, at) => (at % 2 === 0 ? `image-${at}` : `ï😀-${at}`))

/** Now all write the same few, then others: what went wrong with an image is not put right by the next write of it. */
export function hotId(/** @type {() => number} */ random) {
  return IDS[(3 * Math.floor(Date.now() / 300) + Math.floor(6 * random())) % IDS.length]
}

/** A record at random; of some nothing is recognised, and so they belong in no index. @param {() => number} random */
export function randomRecord(id, random) {
  const vector = new Float32Array(DIMENSIONS)
  const present = random() < 0.15 ? 0 : 1 + Math.floor(3 * random())
  for (let nth = 0; nth < present; nth++) vector[Math.floor(random() * DIMENSIONS)] = Math.fround(0.5 + random() / 2)
  return sampleRecord(id, { spaceId: SPACE.id, objects: [], vector, tags: [random() < 0.5 ? 'even' : 'odd'] })
}
