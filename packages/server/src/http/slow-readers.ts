import type { FastifyInstance } from 'fastify'

/**
 * Cuts off whoever asks and then takes nothing of the answer for so many milliseconds: it is kept in memory all that time. Whoever waits for an answer
 * that is not there yet may wait on.
 */
export function cutSlowReaders(app: FastifyInstance, limit: number): void {
  app.addHook('onRequest', async (_request, { raw }) => {
    // Node calls it when nothing has come in or gone out meanwhile.
    raw.setTimeout(limit, () => {
      if (raw.socket !== null && raw.socket.writableLength > 0) raw.socket.destroy()
    })
  })
}
