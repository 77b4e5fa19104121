import { type Commands, texts } from '../client/commands.ts'
import { newEpoch } from '../names.ts'
import type { DirectoryKeys } from './keys.ts'
import {
  adopt,
  agree,
  bury,
  changesBehind,
  changesOf,
  count,
  describe,
  idsAt,
  idsBehind,
  noteServers,
  standingsOf,
} from './scripts/directory-scripts.ts'

/** The format of the keys that this package writes and understands. */
export const FORMAT = 1

/** How many servers are remembered: a Cluster's masters, and those that were masters lately. */
const REMEMBERED_SERVERS = 64

export interface Description {
  /** 0 where nothing was ever stored. */
  readonly format: number
  /** Changes whenever something may have been lost; empty where nothing was ever stored. */
  readonly epoch: string
  /** Marks of the servers that have kept the store in this epoch. */
  readonly servers: readonly string[]
  /** In which epoch directory and records were last found to agree; empty where they never were. */
  readonly mended: string
  /** How many writes have begun and not ended. */
  readonly writes: number
}

export type Standing = 'there' | 'deleted' | 'unknown'

export interface FeedPage {
  readonly epoch: string
  readonly changes: readonly { readonly id: string; readonly number: number }[]
}

/** Which images there are, and in which order they changed. It lives on one master, so that every answer is of one moment. */
export class Directory {
  readonly #commands: Commands
  readonly #keys: DirectoryKeys

  constructor(commands: Commands, keys: DirectoryKeys) {
    this.#commands = commands
    this.#keys = keys
  }

  async describe(): Promise<Description> {
    const { meta, ids, feed, open, commits } = this.#keys
    const reply = await this.#commands.run(describe, [meta, ids, feed, open, commits], [])
    const [format, epoch, servers, mended, writes] = texts(reply)
    return {
      format: Number(format),
      epoch: epoch!,
      servers: servers!.split(' ').filter(Boolean),
      mended: mended!,
      writes: Number(writes),
    }
  }

  /** Notes which servers keep the store, which is made where there is none. Where one of them is unknown so far, a new epoch begins. */
  async noteServers(servers: readonly string[]): Promise<void> {
    await this.#commands.run(noteServers, [this.#keys.meta], [FORMAT, newEpoch(), REMEMBERED_SERVERS, ...servers])
  }

  async count(): Promise<number> {
    return Number(await this.#commands.run(count, [this.#keys.ids], []))
  }

  /** The ids behind `id` in the order of their bytes, at most `most`; from the first one where `id` is left out. */
  async idsBehind(id: string | undefined, most: number): Promise<string[]> {
    const from = id === undefined ? '-' : `(${id}`
    return texts(await this.#commands.run(idsBehind, [this.#keys.ids], [from, most]))
  }

  /** The ids at these places of that order. */
  async idsAt(places: readonly number[]): Promise<string[]> {
    return texts(await this.#commands.run(idsAt, [this.#keys.ids], places))
  }

  /** Changes behind the given number of the given epoch, or from the beginning where the store has lost it since. */
  async changesBehind(epoch: string, number: number, most: number): Promise<FeedPage> {
    const { meta, feed } = this.#keys
    const [now, ...rest] = texts(await this.#commands.run(changesBehind, [meta, feed], [epoch, number, most]))
    const changes = []
    for (let at = 0; at < rest.length; at += 2) changes.push({ id: rest[at]!, number: Number(rest[at + 1]) })
    return { epoch: now!, changes }
  }

  /** Of those of the ids that are there, the numbers of their last changes. */
  async changesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const { ids: all, feed } = this.#keys
    const numbers = texts(await this.#commands.run(changesOf, [all, feed], ids))
    return new Map(ids.map((id, at) => [id, numbers[at]!] as const).filter(([, number]) => number !== ''))
  }

  /** What is known of each of these ids. */
  async standingsOf(ids: readonly string[]): Promise<Standing[]> {
    const { ids: all, feed } = this.#keys
    return texts(await this.#commands.run(standingsOf, [all, feed], ids)) as Standing[]
  }

  /** Takes ids in that have a record, unless anything is known of them. */
  async adopt(found: readonly string[]): Promise<void> {
    const { meta, ids, feed } = this.#keys
    await this.#commands.run(adopt, [meta, ids, feed], found)
  }

  /** Notes that directory and records agree, unless a new epoch has begun since. */
  async agree(epoch: string): Promise<void> {
    await this.#commands.run(agree, [this.#keys.meta], [epoch])
  }

  /** Deletes ids that have no record, unless they have changed since those numbers. */
  async bury(lost: ReadonlyMap<string, string>): Promise<void> {
    const { meta, ids, feed } = this.#keys
    await this.#commands.run(bury, [meta, ids, feed], [...lost].flat())
  }
}
