import type { FastifyReply } from 'fastify'
import { onceOver } from './once-over.ts'

/** Aborts when the client has gone before its answer, so that nobody works for nobody. */
export function untilGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  onceOver(reply, () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
