import { queueOf } from '../database/call-queues.ts'
import type { Notification, PostgresConnection } from '../database/client.ts'
import { Hearers } from './hearers.ts'
import type { StopListening } from './stop-listening.ts'

// By connection and not by store: when one store stops to listen, another over the same connection may go on.
const listeners = new WeakMap<PostgresConnection, ConnectionListener>()

/** Listens on a single connection, the one that all else runs on too. When it dies, there is no other to go on with. */
export class ConnectionListener {
  /** `undefined` where the connection passes no notifications on. */
  static of(connection: PostgresConnection): ConnectionListener | undefined {
    if (typeof connection.on !== 'function') return undefined
    const known = listeners.get(connection)
    if (known) return known
    const listener = new ConnectionListener(connection)
    listeners.set(connection, listener)
    return listener
  }

  readonly #connection: PostgresConnection
  readonly #hearers = new Hearers()
  readonly #pass = ({ channel, payload = '' }: Notification) => {
    this.#hearers.tell(channel, payload)
  }

  constructor(connection: PostgresConnection) {
    this.#connection = connection
  }

  listen(channel: string, hearer: (said: string) => void): StopListening {
    if (this.#hearers.channels.length === 0) this.#connection.on?.('notification', this.#pass)
    if (this.#hearers.add(channel, hearer)) {
      void this.#run(`listen "${channel}"`).then(() => this.#hearers.tell(channel, ''))
    } else {
      hearer('')
    }
    return async () => {
      const wasLast = this.#hearers.remove(channel, hearer)
      if (this.#hearers.channels.length === 0) this.#connection.removeListener?.('notification', this.#pass)
      if (wasLast) await this.#run(`unlisten "${channel}"`)
    }
  }

  async #run(command: string): Promise<void> {
    try {
      await queueOf(this.#connection).run(() => this.#connection.query(command))
    } catch {
      // A dead connection says so to whoever needs an answer from it.
    }
  }
}
