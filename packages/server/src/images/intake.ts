import type { DescribedImage, JsonObject, Recommender } from '@image-recommender/core'
import { HttpError } from '../http/errors.ts'
import { withVersion } from './file-version.ts'
import type { ImageFiles } from './image-files.ts'
import { IMAGE_KINDS, type ImageKind, imageKindOf } from './image-kind.ts'
import type { Renditions } from './renditions.ts'

export interface Incoming {
  readonly bytes: Uint8Array
  readonly tags?: readonly string[] | undefined
  readonly metadata?: JsonObject | undefined
  readonly signal: AbortSignal
}

/** How images come in and go. */
export interface Intake {
  /**
   * Resolves once the image is written, described and stored. Where any of this fails, nothing of it stays.
   *
   * @throws HttpError 415 for what is no image, RecommenderError of `add`
   */
  add(image: Incoming): Promise<DescribedImage>
  /** Removes record, file and renditions. @throws HttpError 404; 409 `IMAGE_KEPT` where its file is only read */
  remove(id: string): Promise<void>
}

export interface IntakeParts {
  readonly recommender: Recommender
  readonly files: ImageFiles
  readonly renditions: Renditions
}

/** What kind of image it is. @throws HttpError 415 where it is none of those that are taken in, whatever the extractor could read */
export function acceptedKindOf(bytes: Uint8Array): ImageKind {
  const kind = imageKindOf(bytes)
  if (kind !== undefined) return kind
  throw new HttpError(415, 'IMAGE_UNREADABLE', `That is no image that can be read. ${IMAGE_KINDS} can be.`)
}

export function createIntake({ recommender, files, renditions }: IntakeParts): Intake {
  return {
    async add({ bytes, tags, metadata = {}, signal }) {
      const kind = acceptedKindOf(bytes)
      const file = await files.save(bytes, kind)
      try {
        const image = { id: file.name, image: bytes, tags, metadata: withVersion(metadata, file) }
        return (await recommender.add(image, { signal })).image
      } catch (error) {
        // The first error is the one to tell; what is left behind here goes at the next start.
        await recommender.remove(file.name).catch(() => {})
        await files.remove(file.name).catch(() => {})
        throw error
      }
    },

    async remove(id) {
      const file = await files.find(id)
      if (file !== undefined && !file.removable) {
        throw new HttpError(409, 'IMAGE_KEPT', 'That image is of a folder that is only read. Delete its file there.')
      }
      if (file === undefined && (await recommender.get(id)) === undefined) {
        throw new HttpError(404, 'IMAGE_NOT_FOUND', 'There is no image of that name.')
      }
      // The record first: an image that is found must have its file.
      await recommender.remove(id)
      await renditions.remove(id)
      await files.remove(id)
      // As long as the file was there, somebody who looked at it may have had others made.
      await renditions.remove(id)
    },
  }
}
