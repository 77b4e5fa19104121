import { hearErrors, nextTurn } from '@image-recommender/core/parts'
import { stripArguments } from './failure.ts'

/**
 * The shapes of the clients that are understood: `Redis` and `Cluster` of ioredis 5 and 6. They are written down here so that
 * ioredis is not imported: the application chooses its version, opens the client, and closes it.
 */

export type ScriptArgument = string | number | Buffer

/** What `Redis` of ioredis has, and the store uses. */
export interface RedisConnection {
  readonly status?: string
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: ScriptArgument[]): Promise<unknown>
  eval(source: string, keyCount: number, ...keysAndArguments: ScriptArgument[]): Promise<unknown>
  hmgetBuffer(key: string, ...fields: string[]): Promise<(Buffer | null)[]>
  info(...sections: string[]): Promise<string>
  config(subcommand: 'GET', ...parameters: string[]): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** What `Cluster` of ioredis has besides. It finds the master of a command's key by itself. */
export interface RedisCluster extends RedisConnection {
  nodes(role: 'master'): RedisConnection[]
  on(event: 'error' | 'node error', listener: (error: Error) => void): unknown
  removeListener(event: 'error' | 'node error', listener: (error: Error) => void): unknown
}

/** A client, as the application opened it. */
export type RedisClient = RedisConnection | RedisCluster

export function isCluster(client: RedisClient): client is RedisCluster {
  return 'nodes' in client && typeof client.nodes === 'function'
}

/** Listens for connections that break while nobody uses them. What comes back ends that. */
export function listen(client: RedisClient, onBreak: (error: Error) => void): () => void {
  const hear = (error: Error) => {
    // A password that is refused is an argument of the command that failed.
    stripArguments(error)
    onBreak(error)
  }
  return hearErrors(client, hear, isCluster(client) ? ['error', 'node error'] : ['error'])
}

/** Every server that takes writes. */
export function mastersOf(client: RedisClient): RedisConnection[] {
  return isCluster(client) ? client.nodes('master') : [client]
}

/**
 * Whether the client was closed and yet takes commands, which then wait for ever: what a Cluster of ioredis does. It passes
 * through the same state for a moment whenever it reconnects.
 */
export async function isStuck(client: RedisConnection): Promise<boolean> {
  if (client.status !== 'close') return false
  await nextTurn()
  return client.status === 'close'
}
