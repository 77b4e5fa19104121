import type { FastifyReply } from 'fastify'
import { HttpError } from './errors.ts'
import { onceOver } from './once-over.ts'

/**
 * Requests with images, so many at once: each holds its image in memory. Others are turned away before anything of them is read.
 *
 * @returns takes a turn, which ends with the answer. It throws HttpError 503 where there are too many
 */
export function createTurns(most: number): (reply: FastifyReply) => void {
  let taken = 0
  return (reply) => {
    if (taken >= most) throw new HttpError(503, 'OVERLOADED', 'Many images are coming in. Try again in a moment.')
    taken += 1
    onceOver(reply, () => {
      taken -= 1
    })
  }
}
