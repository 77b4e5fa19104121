import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Limits } from '../limits.ts'
import { HttpError } from './errors.ts'
import { createLine } from './line.ts'
import { onceOver } from './once-over.ts'
import { createWhenSeen } from './when-seen.ts'

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
export function turnsOfSearches(app: FastifyInstance, { searches, searchesAtOnce, searchWait }: Limits): void {
  const inTurn = createLine({
    atOnce: searchesAtOnce,
    most: searches,
    patience: searchWait,
    busy: 'Many searches are under way.',
    whenSeen: createWhenSeen(app.server),
  })
  const ends = new WeakMap<FastifyReply, () => void>()
  app.addHook('onRequest', async ({ routeOptions }, reply) => {
    if (routeOptions.config.cost === 'search') ends.set(reply, await inTurn(reply))
  })
  // Not when it has been sent: it may have to wait for those that were asked before it on the same connection, and they for their turn.
  app.addHook('onSend', async (_request, reply) => {
    ends.get(reply)?.()
  })
}
