import { hearErrors } from '@image-recommender/core/parts'
import { isPGlite, type PostgresClient } from './client.ts'

/**
 * Listens for connections that die while nobody uses them, until what it returns is called. Without a listener the client ends
 * the whole process, although nothing is lost: a pool has let go of that connection already, and a query on a dead client says
 * so itself.
 */
export function survive(client: PostgresClient, onDeath: (error: Error) => void): () => void {
  return isPGlite(client) ? () => {} : hearErrors(client, onDeath)
}
