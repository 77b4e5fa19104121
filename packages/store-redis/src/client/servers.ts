import { createHash } from 'node:crypto'
import { isCluster, mastersOf, type RedisClient, type RedisConnection } from './client.ts'

/** How many milliseconds lie between two looks at least. */
const INTERVAL = 1_000
/** A server that does not answer tells nothing new, and nobody should wait for it. */
const PATIENCE = 2_000

/** Where it is noted which servers have kept the store, or the index. */
export interface ServerRegister {
  describe(): Promise<{ readonly servers: readonly string[] }>
  /** Notes these servers, and where one of them is unknown so far, that something may have been lost. */
  noteServers(servers: readonly string[]): Promise<void>
}

/**
 * Watches which servers keep the store. One that was restarted, or that took over from another, may have come up without the
 * latest writes, and Redis does not say so. It does say that it is another run: then the register notes that, whereupon every
 * reader of a store's feed begins anew, and an index is filled again.
 */
export class Servers {
  readonly #client: RedisClient
  readonly #register: ServerRegister
  readonly #known = new Set<string>()
  readonly #touch: () => Promise<void>
  #lastLook = Number.NEGATIVE_INFINITY

  /**
   * `touch` sends something to some of a Cluster's masters, to all of them in turn. ioredis forgets a master whose connection
   * broke until a command needs it: one that was restarted would go unnoticed where nobody reads.
   */
  constructor(client: RedisClient, register: ServerRegister, touch: () => Promise<void> = async () => {}) {
    this.#client = client
    this.#register = register
    this.#touch = touch
  }

  /** Resolves to whether there was a new server, which has then been noted. It asks once a second at most, so that it is cheap to call. */
  async look(): Promise<boolean> {
    const now = performance.now()
    if (now - this.#lastLook < INTERVAL) return false
    this.#lastLook = now
    // Nobody waits for this, or a master that is down would hold up the feed.
    if (isCluster(this.#client)) this.#touch().catch(() => {})
    const marks = (await Promise.all(mastersOf(this.#client).map(markOf))).filter((mark) => mark !== undefined)
    if (marks.every((mark) => this.#known.has(mark))) return false
    const { servers } = await this.#register.describe()
    const isNew = !marks.every((mark) => servers.includes(mark))
    if (isNew) await this.#register.noteServers(marks)
    for (const mark of marks) this.#known.add(mark)
    return isNew
  }
}

/**
 * A server's run and its line of replication: the first changes when it starts, the second when it becomes a master.
 * `undefined` where it does not say.
 */
async function markOf(server: RedisConnection): Promise<string | undefined> {
  try {
    const said = await within(PATIENCE, server.info('server', 'replication'))
    if (said === undefined) return undefined
    const run = /^run_id:(\S+)/m.exec(said)?.[1]
    const line = /^master_replid:(\S+)/m.exec(said)?.[1]
    return run && createHash('sha1').update(`${run} ${line}`).digest('hex').slice(0, 16)
  } catch {
    // It is unreachable, or INFO is forbidden. Whoever needs the server hears of that from a command that matters.
    return undefined
  }
}

/** The value of a promise, or `undefined` when it takes longer. */
function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds, undefined).unref()
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
