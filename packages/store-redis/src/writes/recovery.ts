import type { Buckets } from '../store/buckets.ts'
import { everyBucket } from '../store/keys.ts'
import type { Leftover, WriteLog } from './write-log.ts'

/** Brings writes to their end, one's own or those of a process that died. Any number of processes may do so at once. */
export class Recovery {
  readonly #log: WriteLog
  readonly #buckets: Buckets

  constructor(log: WriteLog, buckets: Buckets) {
    this.#log = log
    this.#buckets = buckets
  }

  async settle(leftovers: readonly Leftover[]): Promise<void> {
    await Promise.all(
      leftovers.map(async ({ write, buckets }) => {
        if (buckets !== undefined) {
          await this.apply(write, buckets)
          await this.#log.finish(write)
        } else if ((await this.#log.callOff(write)) === 0) await this.discard(write, everyBucket)
      }),
    )
  }

  /** Brings a committed write into its buckets; resolves to those in which nothing was staged. Only then it may be forgotten. */
  async apply(write: string, buckets: Iterable<number>): Promise<Set<number>> {
    const all = [...buckets]
    const applied = await Promise.all(all.map((bucket) => this.#buckets.apply(bucket, write)))
    return new Set(all.filter((_, at) => !applied[at]))
  }

  /** Throws away what a write that was called off has staged. */
  async discard(write: string, buckets: Iterable<number>): Promise<void> {
    await Promise.all(Array.from(buckets, (bucket) => this.#buckets.discard(bucket, write)))
  }
}
