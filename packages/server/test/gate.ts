import type { FeatureExtractor } from '@image-recommender/core'
import { pictureExtractor } from './pictures.ts'

/** Holds whoever passes until it is opened. */
export interface Gate {
  /** Resolves when it is open. */
  readonly pass: () => Promise<void>
  /** Resolves when somebody stands before it. */
  readonly reached: Promise<void>
  open(): void
}

export function createGate(): Gate {
  let open!: () => void
  let reach!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return {
    pass() {
      reach()
      return opened
    },
    reached,
    open,
  }
}

/** Describes pictures once the gate is open. */
export function gatedExtractor({ pass }: Gate): FeatureExtractor {
  const real = pictureExtractor()
  return { ...real, extract: (image, options) => pass().then(() => real.extract(image, options)) }
}
