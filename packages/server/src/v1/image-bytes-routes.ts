import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpError } from './errors.ts'
import { nameOf } from './query.ts'
import type { ServerParts } from './server-parts.ts'

const headers = {
  // Opened on its own, an image runs nothing and loads nothing.
  'content-security-policy': "default-src 'none'; sandbox",
  'content-disposition': 'inline',
  // Kept, but asked for again each time: a file of the collection may have changed.
  'cache-control': 'private, no-cache',
}

/** The bytes of images: `/image/<name>`, and `/thumbnail/<name>` for a small one. */
export function imageRoutes(app: FastifyInstance, { files, thumbnails }: ServerParts): void {
  app.get('/image/:name', (request, reply) => sendImage(request, reply))

  app.get('/thumbnail/:name', async (request, reply) => {
    const path = await thumbnails.of(nameOf(request))
    if (path === undefined) return sendImage(request, reply)
    // Its file name has the time of the original.
    if (isCurrent(request, reply, basename(path))) return reply.code(304).send()
    return reply.type('image/webp').send(createReadStream(path))
  })

  async function sendImage(request: FastifyRequest, reply: FastifyReply) {
    const image = await files.open(nameOf(request))
    if (image === undefined) throw new HttpError(404, 'IMAGE_NOT_FOUND', 'There is no image of that name.')
    const { handle, kind, bytes, modified } = image
    if (isCurrent(request, reply, `${bytes}-${modified}`)) {
      await handle.close()
      return reply.code(304).send()
    }
    reply.type(kind.contentType).header('content-length', bytes)
    return reply.send(handle.createReadStream())
  }
}

/** Says in the headers which version this is, and returns whether the client has it. */
function isCurrent(request: FastifyRequest, reply: FastifyReply, version: string): boolean {
  const tag = `"${version}"`
  reply.headers(headers).header('etag', tag)
  return request.headers['if-none-match']?.includes(tag) ?? false
}
