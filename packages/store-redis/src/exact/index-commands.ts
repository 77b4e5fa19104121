import { RecommenderError } from '@image-recommender/core'
import type { RedisClient, ScriptArgument } from '../client/client.ts'
import { runScript } from '../client/commands.ts'
import { failure } from '../client/failure.ts'
import type { Script } from '../client/script.ts'

/** What an index asks of its client besides what a store does. */
export type RedisIndexClient = RedisClient & {
  callBuffer(command: string, ...args: ScriptArgument[]): Promise<unknown>
}

/** Text comes as `Buffer`, what is not there as `null`. */
export type Reply = Buffer | number | null | readonly Reply[]

/** Runs scripts. Every failure is a `RecommenderError` `INDEX_FAILED`. */
export class IndexCommands {
  readonly #client: RedisIndexClient

  constructor(client: RedisIndexClient) {
    this.#client = client
  }

  /** `keys` must have one hash tag: they are on one server. */
  async run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<Reply> {
    try {
      const client = this.#client
      return (await runScript(
        client,
        (command, ...all) => client.callBuffer(command, ...all),
        script,
        keys,
        args,
      )) as Reply
    } catch (error) {
      throw asIndexFailure(error)
    }
  }
}

/** What a store would call `STORE_FAILED` is `INDEX_FAILED` in an index. */
export function asIndexFailure(error: unknown): RecommenderError {
  const { code, message, cause } = failure(error)
  return new RecommenderError(code === 'STORE_FAILED' ? 'INDEX_FAILED' : code, message, { cause })
}

/** A reply that is text, or a list of texts; `undefined` where there is none. */
export function textOf(reply: Reply | undefined): string | undefined {
  return reply === null || reply === undefined ? undefined : String(reply)
}

export function listOf(reply: Reply): readonly Reply[] {
  return reply as readonly Reply[]
}
