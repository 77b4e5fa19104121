import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { afterEach } from 'vitest'
import { createErrorHandler } from '../../src/http/errors.ts'

const opened: FastifyInstance[] = []
afterEach(async () => {
  for (const app of opened.splice(0)) {
    app.server.closeAllConnections()
    await app.close()
  }
})

/** An app with the server's own answers to errors, and no routes yet; closed after the test. */
export function operatedApp(options: FastifyServerOptions = {}): FastifyInstance {
  const app = Fastify(options) as FastifyInstance
  app.setErrorHandler(createErrorHandler(() => {}))
  opened.push(app)
  return app
}

/** @returns the address at which it listens, on loopback */
export async function listening(app: FastifyInstance): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  if (!app.server.listening) await once(app.server, 'listening')
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}
