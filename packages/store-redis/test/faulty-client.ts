import { isCluster, type RedisClient, type RedisConnection, type ScriptArgument } from '../src/client/client.ts'
import type { RedisIndexClient } from '../src/exact/index-commands.ts'

/** What becomes of a command. */
export type Fate =
  | 'sent'
  /** The connection broke before the server had it. */
  | 'refused'
  /** The server did it, and the connection broke before the answer came. */
  | 'unanswered'
  /** The answer was lost, and the client sent the command again by itself. */
  | 'twice'
  /** The client gave up waiting, and the server does it much later: when `release` is called. */
  | 'late'
  /** The server has forgotten the script, and did nothing: it was restarted, or its scripts were flushed. */
  | 'unknown'

export type FateOf = (command: string, args: readonly ScriptArgument[]) => Fate

/** A client whose commands meet a fate, once that is set. Before it is like any other. */
export class FaultyClient {
  fateOf: FateOf = () => 'sent'
  /** What happens in the world before a command is sent. */
  before: (command: string, args: readonly ScriptArgument[]) => Promise<void> = async () => {}
  /** What the store, or the index, is given. */
  readonly client: RedisIndexClient
  readonly #late: (() => Promise<unknown>)[] = []

  constructor(real: RedisClient) {
    this.client = {
      ...through(real, async (command, args, send) => {
        await this.before(command, args)
        const fate = this.fateOf(command, args)
        if (fate === 'refused') throw new Error('Connection is closed.')
        if (fate === 'unknown') throw new Error('NOSCRIPT No matching script. Please use EVAL.')
        if (fate === 'late') {
          this.#late.push(send)
          throw new Error('Command timed out')
        }
        if (fate === 'twice') await send()
        const reply = await send()
        if (fate === 'unanswered') throw new Error('Connection is closed.')
        return reply
      }),
      ...(isCluster(real) && { nodes: (role: 'master') => real.nodes(role) }),
    }
  }

  /** Lets the late commands happen, in their order. Where one does not know the script by then, nobody is there to send it again. */
  async release(): Promise<void> {
    for (const send of this.#late.splice(0)) {
      await send().catch((error: Error) => {
        if (!error.message.startsWith('NOSCRIPT')) throw error
      })
    }
  }
}

/** Commands counted from 0: those before `step` arrive. Says whether it came so far. */
export function fateAt(step: number, fate: Fate, afterwards: Fate): { fateOf: FateOf; readonly met: boolean } {
  let sent = 0
  return {
    fateOf() {
      const at = sent++
      if (at < step) return 'sent'
      return at === step ? fate : afterwards
    },
    get met() {
      return sent > step
    },
  }
}

/** A connection every command of which goes through `pass`. */
export function through(
  real: RedisConnection,
  pass: (command: string, args: readonly ScriptArgument[], send: () => Promise<unknown>) => Promise<unknown> = (
    _,
    __,
    send,
  ) => send(),
): RedisIndexClient {
  // Every client of ioredis is one.
  const every = real as RedisIndexClient
  return {
    evalsha: (...args) => pass('evalsha', args, () => real.evalsha(...args)),
    eval: (...args) => pass('eval', args, () => real.eval(...args)),
    callBuffer: (command, ...args) => pass(command, args, () => every.callBuffer(command, ...args)),
    hmgetBuffer: (...args) => pass('hmget', args, () => real.hmgetBuffer(...args)) as Promise<(Buffer | null)[]>,
    info: (...args) => pass('info', args, () => real.info(...args)) as Promise<string>,
    config: (...args) => pass('config', args, () => real.config(...args)),
    on: (event: 'error', listener: (error: Error) => void) => real.on(event, listener),
    removeListener: (event: 'error', listener: (error: Error) => void) => real.removeListener(event, listener),
  }
}

/** What may become of one command of many, and of those behind it. */
export const faults: readonly { readonly name: string; readonly fate: Fate; readonly afterwards: Fate }[] = [
  { name: 'the process dies before a command arrives', fate: 'refused', afterwards: 'refused' },
  { name: 'the process dies behind a command', fate: 'unanswered', afterwards: 'refused' },
  { name: 'one command does not arrive', fate: 'refused', afterwards: 'sent' },
  { name: 'one answer does not arrive', fate: 'unanswered', afterwards: 'sent' },
  { name: 'one command arrives long after it was given up', fate: 'late', afterwards: 'sent' },
  { name: 'commands arrive long after they were given up', fate: 'late', afterwards: 'late' },
]
