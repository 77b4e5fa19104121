import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fileMetadata } from '../fill.ts'
import { IMAGE_KINDS, imageKindOf } from '../image-kind.ts'
import { HttpError } from './errors.ts'
import { readUpload } from './multipart-upload.ts'
import { untilGone } from './query.ts'
import type { ServerParts } from './server-parts.ts'

/** Uploads that are under way at once: each holds its image in memory, and they are described one after another. */
const AT_ONCE = 8

/**
 * `POST /upload_file`, form field `file_to_upload` → `{ image_name }`. Answered once the image is written, described and
 * stored; where any of this fails, nothing of it stays.
 */
export function uploadRoute(app: FastifyInstance, { recommender, files }: ServerParts): void {
  let underWay = 0

  app.post('/upload_file', async (request, reply) => {
    if (underWay >= AT_ONCE) throw new HttpError(503, 'OVERLOADED', 'Many images are coming in. Try again in a moment.')
    underWay += 1
    try {
      return { image_name: await take(request, untilGone(reply)) }
    } finally {
      underWay -= 1
    }
  })

  async function take(request: FastifyRequest, signal: AbortSignal): Promise<string> {
    const bytes = await readUpload(request, 'file_to_upload')
    const kind = imageKindOf(bytes)
    if (kind === undefined) {
      throw new HttpError(415, 'IMAGE_UNREADABLE', `That is no image that can be read. ${IMAGE_KINDS} can be.`)
    }
    const file = await files.save(bytes, kind)
    try {
      await recommender.add({ id: file.name, image: bytes, metadata: fileMetadata(file) }, { signal })
    } catch (error) {
      // The first error is the one to tell; what is left behind here goes at the next start.
      await recommender.remove(file.name).catch(() => {})
      await files.remove(file.name).catch(() => {})
      throw error
    }
    return file.name
  }
}
