import { CallQueue } from '@image-recommender/core/parts'
import type { PostgresConnection } from './client.ts'

// By connection and not by store, because two stores may have been given the same one.
const queues = new WeakMap<PostgresConnection, CallQueue>()

/** In which all calls over a single connection wait. */
export function queueOf(connection: PostgresConnection): CallQueue {
  const known = queues.get(connection)
  if (known) return known
  const queue = new CallQueue()
  queues.set(connection, queue)
  return queue
}
