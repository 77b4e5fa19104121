import { type Commands, texts } from '../client/commands.ts'
import type { WriteKind } from '../writes/write-log.ts'
import { type BucketKeys, everyBucket } from './keys.ts'
import { apply, check, discard, idsFrom, stage, stageDeletions } from './scripts/bucket-scripts.ts'

/** What a bucket holds of some ids at one moment. */
export interface BucketContent {
  /** The writes that have staged something in this bucket, for whatever ids. */
  readonly writes: readonly string[]
  /** The packed records in the order of the ids; `null` where there is none. */
  readonly records: readonly (Buffer | null)[]
}

/** The places of the records. Each call concerns one bucket, and so one master of a Cluster. */
export class Buckets {
  readonly #commands: Commands
  readonly #keys: readonly BucketKeys[]
  #next = 0

  constructor(commands: Commands, keys: readonly BucketKeys[]) {
    this.#commands = commands
    this.#keys = keys
  }

  /** Asks buckets, and so their masters, whether this client and its user can use them. */
  async check(buckets: readonly number[]): Promise<void> {
    await Promise.all(buckets.map((bucket) => this.#commands.run(check, [this.#keys[bucket]!.records], [])))
  }

  /** The same of a few, the next ones each time: all of them within 8 calls. */
  async checkNext(): Promise<void> {
    const some = Array.from({ length: everyBucket.length / 8 }, (_, at) => (this.#next + at) % everyBucket.length)
    this.#next = (this.#next + some.length) % everyBucket.length
    await this.check(some)
  }

  async read(bucket: number, ids: readonly string[]): Promise<BucketContent> {
    const [writes, ...records] = await this.#commands.fields(this.#keys[bucket]!.records, ['\0', ...ids])
    return { writes: writes ? writes.toString('latin1').trimEnd().split(' ') : [], records }
  }

  /** The ids that have a record here, in pages; each at least once. */
  async *ids(bucket: number): AsyncGenerator<string[]> {
    let cursor = '0'
    do {
      const [next, ...ids] = texts(await this.#commands.run(idsFrom, [this.#keys[bucket]!.records], [cursor]))
      if (ids.length > 0) yield ids
      cursor = next!
    } while (cursor !== '0')
  }

  /** Keeps what the write will do here. */
  async stage(bucket: number, write: string, kind: WriteKind, frames: Buffer): Promise<void> {
    const script = kind === 'put' ? stage : stageDeletions
    await this.#commands.run(script, this.#keysFor(bucket, write), [write, frames])
  }

  /** Does what the write has staged here. For committed writes. False: nothing is; somebody else has done it, or it was lost. */
  async apply(bucket: number, write: string): Promise<boolean> {
    return Number(await this.#commands.run(apply, this.#keysFor(bucket, write), [write])) === 1
  }

  /** Throws away what the write has staged here. For writes that can never be committed. */
  async discard(bucket: number, write: string): Promise<void> {
    await this.#commands.run(discard, this.#keysFor(bucket, write), [write])
  }

  #keysFor(bucket: number, write: string): string[] {
    const keys = this.#keys[bucket]!
    return [keys.records, keys.staged(write)]
  }
}
