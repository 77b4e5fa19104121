import type { FastifyInstance, FastifyReply } from 'fastify'
import { HttpError } from './errors.ts'
import { onceOver } from './once-over.ts'

/**
 * So many requests at once; others are turned away before anything of them is read.
 *
 * @param busy what those are told
 * @returns takes a turn, which ends with the answer. It throws HttpError 503 where there are too many
 */
export function createTurns(most: number, busy: string): (reply: FastifyReply) => void {
  let taken = 0
  return (reply) => {
    if (taken >= most) throw new HttpError(503, 'OVERLOADED', `${busy} Try again in a moment.`)
    taken += 1
    onceOver(reply, () => {
      taken -= 1
    })
  }
}

/** Those that only search, of all routes that are made from now on. To be called before the routes are made. */
export function turnsOfSearches(app: FastifyInstance, most: number): void {
  const takeTurn = createTurns(most, 'Many searches are under way.')
  app.addHook('onRequest', async ({ routeOptions }, reply) => {
    if (routeOptions.config.cost === 'search') takeTurn(reply)
  })
}
