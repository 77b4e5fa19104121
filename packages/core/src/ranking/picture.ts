import type { Evidence } from './evidence.ts'
import type { Look } from './look.ts'

/** All that a ranking asks of an image, in the form in which it is compared: made once, compared many times. */
export interface Picture {
  readonly evidence: Evidence
  readonly look: Look
  readonly tags: readonly string[]
  /** `null`: it has none of the query's space. */
  readonly embedding: Float32Array | null
}
