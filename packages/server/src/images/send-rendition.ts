import type { FastifyReply } from 'fastify'
import { HttpError } from '../http/errors.ts'
import type { Renditions } from './renditions.ts'

/** Answers with an image or its thumbnail. @throws HttpError 404 */
export type SendRendition = (
  reply: FastifyReply,
  kind: 'file' | 'thumbnail',
  name: string,
  version?: string,
) => Promise<FastifyReply>

const headers = {
  // Opened on its own, an image runs nothing and loads nothing.
  'content-security-policy': "default-src 'none'; sandbox",
  'content-disposition': 'inline',
}

/** Under an address that names the version, an image never changes. Under others it is kept, but asked for again each time. */
const cacheControl = (immutable: boolean) => (immutable ? 'private, max-age=31536000, immutable' : 'private, no-cache')

export function createSendRendition(renditions: Renditions): SendRendition {
  return async (reply, kind, name, version) => {
    const found = await (kind === 'file' ? renditions.full(name) : renditions.thumbnail(name))
    if (found === undefined) throw new HttpError(404, 'IMAGE_NOT_FOUND', 'There is no image of that name.')
    const tag = `"${found.version}-${kind}"`
    reply.headers(headers).headers({ etag: tag, 'cache-control': cacheControl(version === found.version) })
    if (reply.request.headers['if-none-match']?.includes(tag)) return reply.code(304).send()
    return reply
      .type(found.contentType)
      .send(Buffer.from(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength))
  }
}
