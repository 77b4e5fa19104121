import type { Recommender } from '@image-recommender/core'
import type { ImageFiles } from '../image-files.ts'
import type { Thumbnails } from '../thumbnails.ts'

/** What the routes stand on. */
export interface ServerParts {
  readonly recommender: Recommender
  readonly files: ImageFiles
  readonly thumbnails: Thumbnails
  /** One line that the page shows at its top; `undefined`: nothing to say. */
  readonly notice: string | undefined
  /** How far the describing of the collection is; `undefined`: it is done. */
  readonly filling: () => { readonly done: number; readonly total: number } | undefined
}
