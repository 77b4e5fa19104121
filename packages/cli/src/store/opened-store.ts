import type { ImageStore } from '@image-recommender/core'

/** A store, and what lies under it. */
export interface OpenedStore {
  readonly store: ImageStore
  /** Closes what is under the store; the store itself is closed before. */
  close(): Promise<void>
}

export interface OpenStoreOptions {
  /** Whether a folder that holds no store yet gets one. A command that only reads would hide a mistyped folder by it. */
  readonly create: boolean
  readonly onWarning: (warning: Error) => void
}
