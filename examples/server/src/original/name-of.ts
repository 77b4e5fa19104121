import type { FastifyRequest } from 'fastify'

/** The image's name in an address. */
export function nameOf(request: FastifyRequest): string {
  return (request.params as { name: string }).name
}
