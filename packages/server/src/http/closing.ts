import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** Lets keep-alive connections go with their next answer once the server is closing; otherwise they would hold it open. */
export function letConnectionsGo(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
}

/** Closes the server: requests that are under way finish, those that take longer than `deadline` are cut. */
export async function closeWithin(app: FastifyInstance, deadline: number): Promise<void> {
  const waiting = new AbortController()
  const cut = sleep(deadline, undefined, { signal: waiting.signal }).then(
    () => app.server.closeAllConnections(),
    () => {},
  )
  await app.close()
  waiting.abort()
  await cut
}
