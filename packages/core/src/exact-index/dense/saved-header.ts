import type { Metric } from '../../similarity-index.ts'

/** What the first piece of saved rows says. */
export interface SavedHeader {
  readonly metric: Metric
  readonly dimensions: number
  readonly count: number
}

// "DNS1" read as little-endian: a machine of the other byte order does not take its numbers for these.
const KIND = 0x31534e44
const METRICS: readonly Metric[] = ['euclidean', 'cosine']
const BYTES = 16

export function writeHeader({ metric, dimensions, count }: SavedHeader): Uint32Array {
  return Uint32Array.of(KIND, METRICS.indexOf(metric), dimensions, count)
}

/** @throws Error where the bytes are no header */
export function readHeader(bytes: Uint8Array): SavedHeader {
  if (bytes.byteLength !== BYTES) throw new Error(`Saved rows begin with ${BYTES} bytes, not with ${bytes.byteLength}.`)
  // Copied, because pieces of a file may lie at odd addresses; not by `slice`, which copies nothing of a Buffer.
  const [kind, metricNumber, dimensions, count] = new Uint32Array(new Uint8Array(bytes).buffer)
  const metric = METRICS[metricNumber!]
  if (kind !== KIND || !metric || !dimensions) throw new Error('These are no saved rows of this version.')
  return { metric, dimensions, count: count! }
}
