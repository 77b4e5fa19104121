import { CallQueue } from '@image-recommender/core/parts'
import type { Notification, PooledConnection, PostgresPool } from '../database/client.ts'
import { takeOut } from '../database/take-out.ts'
import { Hearers } from './hearers.ts'
import type { StopListening } from './stop-listening.ts'

/**
 * How many connections a pool must be able to have for one of them to listen: two stay for all else, so that a
 * transaction of the application's own may still call the store.
 */
const LEAST_CONNECTIONS = 3
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 30_000

// By pool and not by store: two stores over one pool listen on one connection, and never take all it has.
const listeners = new WeakMap<PostgresPool, PoolListener>()

/**
 * Listens on one connection of a pool, taken out for as long as anybody listens, and taken anew when it is lost. At the end
 * it is thrown away: giving it back would mean to wait for it, and it may be long dead.
 */
export class PoolListener {
  /** `undefined` where the pool is too small, or does not say how large it may grow. */
  static of(pool: PostgresPool): PoolListener | undefined {
    if ((pool.options?.max ?? 0) < LEAST_CONNECTIONS) return undefined
    const known = listeners.get(pool)
    if (known) return known
    const listener = new PoolListener(pool)
    listeners.set(pool, listener)
    return listener
  }

  readonly #pool: PostgresPool
  readonly #hearers = new Hearers()
  #line: Line | undefined
  #isConnecting = false
  #pause = FIRST_PAUSE
  #timer: NodeJS.Timeout | undefined

  constructor(pool: PostgresPool) {
    this.#pool = pool
  }

  listen(channel: string, hearer: (said: string) => void): StopListening {
    if (!this.#hearers.add(channel, hearer)) hearer('')
    this.#settle()
    return async () => {
      this.#hearers.remove(channel, hearer)
      this.#settle()
    }
  }

  /** Does what is to be done now that somebody came or went, or a pause is over. */
  #settle(): void {
    const wanted = this.#hearers.channels
    if (wanted.length === 0) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#line?.drop()
      this.#line = undefined
    } else if (this.#line) {
      void this.#follow(this.#line, wanted)
    } else if (!this.#isConnecting && this.#timer === undefined) {
      void this.#connect()
    }
  }

  async #connect(): Promise<void> {
    this.#isConnecting = true
    try {
      let dead: Error | undefined
      const listener = (error: Error) => {
        dead = error
      }
      const connection = await takeOut(this.#pool, listener)
      if (dead || this.#hearers.channels.length === 0) connection.release(dead)
      else this.#line = this.#lineOn(connection)
      connection.removeListener?.('error', listener)
      if (dead) this.#tryAgainLater()
    } catch {
      this.#tryAgainLater()
    }
    this.#isConnecting = false
    this.#settle()
  }

  #lineOn(connection: PooledConnection): Line {
    // Listening keeps no process alive that the pool would let end.
    if (this.#pool.options?.allowExitOnIdle) connection.unref?.()
    const line: Line = new Line(connection, {
      hear: (channel, said) => this.#hearers.tell(channel, said),
      lose: () => this.#lose(line),
    })
    return line
  }

  async #follow(line: Line, wanted: readonly string[]): Promise<void> {
    try {
      for (const channel of await line.follow(wanted)) this.#hearers.tell(channel, '')
      this.#pause = FIRST_PAUSE
    } catch {
      this.#lose(line)
    }
  }

  #lose(line: Line): void {
    if (line !== this.#line) return
    line.drop()
    this.#line = undefined
    this.#tryAgainLater()
  }

  #tryAgainLater(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#settle()
    }, this.#pause).unref()
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
  }
}

interface LineEvents {
  readonly hear: (channel: string, said: string) => void
  readonly lose: () => void
}

/** A connection that listens. */
class Line {
  readonly #connection: PooledConnection
  readonly #lose: () => void
  readonly #pass: (notification: Notification) => void
  readonly #channels = new Set<string>()
  readonly #queue = new CallQueue()

  constructor(connection: PooledConnection, { hear, lose }: LineEvents) {
    this.#connection = connection
    this.#lose = lose
    this.#pass = ({ channel, payload = '' }) => hear(channel, payload)
    connection.on?.('error', this.#lose)
    connection.on?.('end', this.#lose)
    connection.on?.('notification', this.#pass)
  }

  /** Listens to these channels and to no others; resolves to those that are new. */
  follow(wanted: readonly string[]): Promise<string[]> {
    return this.#queue.run(async () => {
      const fresh = wanted.filter((channel) => !this.#channels.has(channel))
      for (const channel of this.#channels) {
        if (wanted.includes(channel)) continue
        await this.#connection.query(`unlisten "${channel}"`)
        this.#channels.delete(channel)
      }
      for (const channel of fresh) {
        await this.#connection.query(`listen "${channel}"`)
        this.#channels.add(channel)
      }
      return fresh
    })
  }

  drop(): void {
    this.#connection.removeListener?.('end', this.#lose)
    this.#connection.removeListener?.('notification', this.#pass)
    this.#connection.release(true)
    // Last: a connection that is thrown away may still say that it has died.
    this.#connection.removeListener?.('error', this.#lose)
  }
}
