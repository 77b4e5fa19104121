import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from '../http/errors.ts'
import { accessOf } from './route-use.ts'

export interface ApiKeysOptions {
  /** Those that are let in: each as it is, or as `sha256:` and the hexadecimal digest of it, so that nobody can read it here. */
  readonly keys: readonly string[]
  /** Whether reading needs a key, too: `key`, or only writing does: `open`. A browser's page can only be used where reading is open. */
  readonly reads: 'open' | 'key'
}

/** Lets in who has a key, sent as `Authorization: Bearer KEY` or `x-api-key: KEY`. To be called before the routes are made. */
export function apiKeys(app: FastifyInstance, { keys, reads }: ApiKeysOptions): void {
  const digests = keys.map(digestOf)

  app.addHook('onRequest', async (request, reply) => {
    const access = accessOf(request)
    if (access === 'open' || (access === 'read' && reads === 'open')) return
    const key = keyOf(request)
    if (key !== undefined && isKnown(sha256(key), digests)) return
    reply.header('www-authenticate', 'Bearer realm="image-recommender"')
    const message =
      key === undefined
        ? 'This needs an API key. Send it as "Authorization: Bearer KEY" or "x-api-key: KEY".'
        : 'That API key is not one of this server’s.'
    throw new HttpError(401, 'UNAUTHORIZED', message)
  })
}

/** The key that the request was sent with, whether it is known or not. */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  const own = headers['x-api-key']
  return bearer ?? (typeof own === 'string' && own !== '' ? own : undefined)
}

/** All are looked at, each in the same time, so that the time tells nothing of how much of a key is right. */
function isKnown(digest: Buffer, digests: readonly Buffer[]): boolean {
  let known = false
  for (const one of digests) known = timingSafeEqual(digest, one) || known
  return known
}

function digestOf(key: string): Buffer {
  const given = /^sha256:([0-9a-f]{64})$/i.exec(key)?.[1]
  return given === undefined ? sha256(key) : Buffer.from(given, 'hex')
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
