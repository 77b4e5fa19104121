import { type Commands, texts } from '../client/commands.ts'
import { newEpoch } from '../names.ts'
import { FORMAT } from '../store/directory.ts'
import type { DirectoryKeys } from '../store/keys.ts'
import { begin, callOff, commit, enlist, finish, statesOf, sweep } from '../store/scripts/write-scripts.ts'

/** After so many milliseconds without a sign of life, an open write is called off. */
const LAPSE = 60_000
/** After so many, a committed write is brought into the buckets by whoever comes along. */
const PATIENCE = 5_000
const SWEEP_INTERVAL = 5_000

/** A write that somebody began and did not end. */
export interface Leftover {
  readonly write: string
  /** The buckets that it must get into; `undefined` where it never committed. */
  readonly buckets: readonly number[] | undefined
}

/** `erase` deletes records that the directory does not have. */
export type WriteKind = 'put' | 'delete' | 'erase'

export type WriteState = 'open' | 'committed' | 'gone'

export type Verdict =
  /** `last`: its last number in the feed. */
  | { readonly kind: 'committed'; readonly last: number }
  | { readonly kind: 'gone' | 'outdated' }
  /** These must get into all their buckets first. */
  | { readonly kind: 'busy'; readonly blockers: readonly Leftover[] }

/** The directory's account of writes: which have begun, which are decided. */
export class WriteLog {
  readonly #commands: Commands
  readonly #keys: DirectoryKeys

  constructor(commands: Commands, keys: DirectoryKeys) {
    this.#commands = commands
    this.#keys = keys
  }

  /** Opens a write. Now and then it comes back with what others left behind. */
  async begin(write: string): Promise<Leftover[]> {
    const { meta, open, commits } = this.#keys
    const times = [LAPSE, PATIENCE, SWEEP_INTERVAL]
    return leftovers(await this.#commands.run(begin, [meta, open, commits], [write, ...times, newEpoch(), FORMAT]))
  }

  /** What others left behind, committed writes whatever their age. */
  async sweep(): Promise<Leftover[]> {
    const { meta, open, commits } = this.#keys
    return leftovers(await this.#commands.run(sweep, [meta, open, commits], [LAPSE, 0]))
  }

  /** Adds ids to an open write. False: it has been called off. */
  async enlist(write: string, ids: Buffer): Promise<boolean> {
    return Number(await this.#commands.run(enlist, [this.#keys.open, this.#keys.staged(write)], [write, ids])) === 1
  }

  /** Decides a write of so many ids. */
  async commit(write: string, kind: WriteKind, count: number, buckets: Iterable<number>): Promise<Verdict> {
    const { meta, ids, feed, open, commits, staged } = this.#keys
    const keys = [meta, ids, feed, open, commits, staged(write)]
    const reply = await this.#commands.run(commit, keys, [write, kind, count, [...buckets].join(','), LAPSE])
    const [word, ...rest] = texts(reply)
    if (word === 'committed') return { kind: word, last: Number(rest[0]) }
    return word === 'busy' ? { kind: word, blockers: leftovers(rest) } : { kind: word as 'gone' | 'outdated' }
  }

  /** Forgets a committed write that is in all its buckets. */
  async finish(write: string): Promise<void> {
    await this.#commands.run(finish, [this.#keys.commits, this.#keys.staged(write)], [write])
  }

  /** Calls an open write off; resolves to its last number in the feed where it turns out to be committed, and to 0 otherwise. */
  async callOff(write: string): Promise<number> {
    const { open, commits, staged } = this.#keys
    return Number(await this.#commands.run(callOff, [open, commits, staged(write)], [write]))
  }

  async statesOf(writes: readonly string[]): Promise<Map<string, WriteState>> {
    const { open, commits } = this.#keys
    const states = texts(await this.#commands.run(statesOf, [open, commits], writes)) as WriteState[]
    return new Map(writes.map((write, at) => [write, states[at]!]))
  }
}

function leftovers(reply: unknown): Leftover[] {
  const words = texts(reply)
  const found: Leftover[] = []
  for (let at = 0; at < words.length; at += 2) {
    const buckets = words[at + 1]!
    found.push({ write: words[at]!, buckets: buckets === '' ? undefined : buckets.split(',').map(Number) })
  }
  return found
}
