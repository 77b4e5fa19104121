import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { HttpError } from './errors.ts'
import { guardHeaders } from './guard-headers.ts'

/**
 * Keeps other web sites out: they can make a browser send requests to this server. Those that write are refused by where
 * they come from; and a server on the loopback answers only to the loopback's names, so that no site can pass
 * itself off as this one by pointing its own name here (DNS rebinding).
 */
export function guard(app: FastifyInstance, { loopbackOnly }: { readonly loopbackOnly: boolean }): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(guardHeaders)
    if (loopbackOnly && !isLoopback(request.hostname)) {
      throw new HttpError(421, 'WRONG_HOST', 'This server answers on this machine only, under its own names.')
    }
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (!reads && request.headers['sec-fetch-site'] === 'cross-site') {
      throw new HttpError(403, 'CROSS_SITE', 'Other web sites may not send images here.')
    }
  })
}

/** Whether a host name can only mean this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return isIP(name) === 4 && name.startsWith('127.')
}
