import { RecommenderError } from '../../errors.ts'
import type { Extraction } from '../../feature-extractor.ts'
import { type PostedError, postedError } from '../../posted-error.ts'
import type { ModelSource } from '../model/model-bytes.ts'

/** What a thread is started with. */
export interface ThreadSetup<Settings = unknown> {
  readonly model: ModelSource
  readonly threads: number
  readonly maxPixels: number
  /** Of the family of models, for its worker. */
  readonly settings: Settings
}

/**
 * To the thread: images to describe; `cancel` for one that is not worth beginning any more, which is answered all the same;
 * at last `end`, after which it answers nothing more and ends by itself.
 */
export type Request =
  | { readonly kind: 'describe'; readonly id: number; readonly image: Uint8Array }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'end' }

/** From the thread: first `ready` or `failed`, then an answer to each image, in any order. */
export type Reply =
  | { readonly kind: 'ready'; readonly sha256: string }
  | { readonly kind: 'failed'; readonly error: PostedError }
  | { readonly kind: 'done'; readonly id: number; readonly extraction: Extraction }
  | { readonly kind: 'refused'; readonly id: number; readonly error: PostedError }

export function posted(error: unknown): PostedError {
  return postedError(error, (cause) => {
    const message = cause instanceof Error ? cause.message : String(cause)
    return new RecommenderError('EXTRACTOR_FAILED', `The image could not be described: ${message}`, { cause })
  })
}
