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
  run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    return runScript(this.#client, (command, ...all) => this.#client[command](...all), script, keys, args)
  }

  /** The values of some fields of a hash, as bytes. */
  fields(key: string, fields: readonly string[]): Promise<(Buffer | null)[]> {
    return send(this.#client, () => this.#client.hmgetBuffer(key, ...fields))
  }
}

type SendScript = (
  command: 'evalsha' | 'eval',
  script: string,
  keyCount: number,
  ...keysAndArguments: ScriptArgument[]
) => Promise<unknown>

/** Has the server run a script: by its hash, or as a whole where the server has not seen it yet. Every failure is a `RecommenderError`. */
export async function runScript(
  client: RedisConnection,
  sendScript: SendScript,
  { sha1, source }: Script,
  keys: readonly string[],
  args: readonly ScriptArgument[],
): Promise<unknown> {
  const rest = [...keys, ...args]
  try {
    return await send(client, () => sendScript('evalsha', sha1, keys.length, ...rest))
  } catch (error) {
    if (!isUnknownScript(error)) throw error
  }
  return await send(client, () => sendScript('eval', source, keys.length, ...rest))
}

async function send<Reply>(client: RedisConnection, command: () => Promise<Reply>): Promise<Reply> {
  try {
    if (client.status === 'close' && (await isStuck(client))) throw new Error('Connection is closed.')
    return await command()
  } catch (error) {
    throw failure(error)
  }
}

/** A reply that is a list, as texts. */
export function texts(reply: unknown): string[] {
  return (reply as unknown[]).map(String)
}
