import { isStuck, type RedisConnection, type ScriptArgument } from './client.ts'
import { failure, isUnknownScript } from './failure.ts'
import type { Script } from './script.ts'

/** What the store asks of its client. Every failure is a `RecommenderError`. */
export class Commands {
  readonly #client: RedisConnection

  constructor(client: RedisConnection) {
    this.#client = client
  }

  /** Runs a script, and gives what it returns, text as strings. `keys` must have one hash tag: they are on one server. */
  async run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    const rest = [...keys, ...args]
    try {
      return await this.#send((client) => client.evalsha(script.sha1, keys.length, ...rest))
    } catch (error) {
      if (!isUnknownScript(error)) throw error
    }
    return this.#send((client) => client.eval(script.source, keys.length, ...rest))
  }

  /** The values of some fields of a hash, as bytes. */
  async fields(key: string, fields: readonly string[]): Promise<(Buffer | null)[]> {
    return this.#send((client) => client.hmgetBuffer(key, ...fields))
  }

  async #send<Reply>(command: (client: RedisConnection) => Promise<Reply>): Promise<Reply> {
    try {
      if (this.#client.status === 'close' && (await isStuck(this.#client))) throw new Error('Connection is closed.')
      return await command(this.#client)
    } catch (error) {
      throw failure(error)
    }
  }
}

/** A reply that is a list, as texts. */
export function texts(reply: unknown): string[] {
  return (reply as unknown[]).map(String)
}
