import type { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'

const waiting = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls once when an answer has been sent, or its connection is gone. Node tells the latter only to the first of those that wait on a connection; others
 * may stand behind it, where a client sends without waiting for answers.
 */
export function onceOver({ raw }: FastifyReply, call: () => void): void {
  const { socket } = raw.req
  const calls = callsAtEndOf(socket)
  const over = () => {
    if (calls.delete(over)) call()
  }
  calls.add(over)
  raw.once('close', over)
  // It has gone before this was asked for.
  if (socket.destroyed) queueMicrotask(over)
}

/** One listener for all, since a connection may have any number of requests on it. */
function callsAtEndOf(socket: Socket): Set<() => void> {
  const known = waiting.get(socket)
  if (known !== undefined) return known
  const calls = new Set<() => void>()
  waiting.set(socket, calls)
  socket.once('close', () => {
    for (const call of [...calls]) call()
  })
  return calls
}
