import autocannon from 'autocannon'
import { Random } from '../search/vectors/random.js'

/** Asks for similar images of anybody, from so many connections that each wait for their answer. */
export function load(url, { images, ...options }) {
  const random = new Random(5)
  const anybody = () => `/get_similar/image-${Math.floor(random.fraction() * images)}.jpg`
  return run({ url, ...options, requests: [{ setupRequest: (request) => ({ ...request, path: anybody() }) }] })
}

/** Asks for the same again and again. */
export function loadOf(url, path, options) {
  return run({ url: url + path, ...options })
}

async function run({ seconds, ...options }) {
  const result = await autocannon({ ...options, duration: seconds })
  if (result.non2xx + result.errors > 0) {
    throw new Error(`${result.non2xx} answers were refusals, ${result.errors} requests failed`)
  }
  const { p50, p99 } = result.latency
  return { perSecond: result.requests.average, p50, p99 }
}
