import type { AddressInfo } from 'node:net'
import { type Place, systemCode, urlOf } from '@image-recommender/server/service'
import type { FastifyInstance } from 'fastify'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-code.ts'

/** @returns the address of the page @throws CommandError `PORT_UNAVAILABLE` */
export async function listen(app: FastifyInstance, place: Place): Promise<string> {
  try {
    await app.listen({ port: place.port, host: place.host })
  } catch (cause) {
    throw new CommandError('PORT_UNAVAILABLE', reasonOf(cause, place), { exitCode: exitCodes.unavailable, cause })
  }
  return urlOf({ host: place.host, port: (app.server.address() as AddressInfo).port })
}

function reasonOf(cause: unknown, { port, host }: Place): string {
  const code = systemCode(cause)
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Choose another one with --port.`
  if (code === 'EACCES') return `Port ${port} is not allowed to you. Choose one above 1023 with --port.`
  return `--host is ${host}, and this machine has no such address (${code ?? cause}).`
}
