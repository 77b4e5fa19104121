import { isPGlite, isPool, type PostgresClient } from '../database/client.ts'
import { ConnectionListener } from './connection-listener.ts'
import { listenOnPGlite } from './pglite-listener.ts'
import { PoolListener } from './pool-listener.ts'
import type { StopListening } from './stop-listening.ts'

/**
 * Calls `hearer` with what is said on the channel, and with an empty text whenever something may have been missed: when it
 * begins to listen, and when it listens again after its connection was lost. It is a hint, which may come late or never; so
 * nothing is waited for, and no failure is told.
 */
export function listen(client: PostgresClient, channel: string, hearer: (said: string) => void): StopListening {
  if (isPGlite(client)) return listenOnPGlite(client, channel, hearer)
  const listener = isPool(client) ? PoolListener.of(client) : ConnectionListener.of(client)
  return listener?.listen(channel, hearer) ?? (async () => {})
}
