import type { ImageRecord } from '@image-recommender/core'
import { Slices } from '@image-recommender/core/parts'
import { decodeRecord } from '../records/record-codec.ts'
import { portionsOf } from '../writes/chunks.ts'
import type { Recovery } from '../writes/recovery.ts'
import type { WriteLog, WriteState } from '../writes/write-log.ts'
import type { BucketContent, Buckets } from './buckets.ts'
import { byBucket } from './keys.ts'

/** Packed records by id. */
export type Packed = ReadonlyMap<string, Buffer>

/** Reads records, and sees every write that was committed before it began to read. */
export class RecordReader {
  readonly #buckets: Buckets
  readonly #log: WriteLog
  readonly #recovery: Recovery

  constructor(buckets: Buckets, log: WriteLog, recovery: Recovery) {
    this.#buckets = buckets
    this.#log = log
    this.#recovery = recovery
  }

  /** The records of ids that differ. */
  async get(ids: readonly string[]): Promise<Map<string, ImageRecord>> {
    const slices = new Slices()
    const found = new Map<string, ImageRecord>()
    const portions = [...portionsOf(ids)]
    let coming = this.packed(portions[0] ?? [])
    for (let at = 0; at < portions.length; at++) {
      const packed = await coming
      coming = this.packed(portions[at + 1] ?? [])
      coming.catch(() => {})
      for (const [id, bytes] of packed) {
        found.set(id, decodeRecord(id, bytes))
        if (slices.isOver) await slices.next()
      }
    }
    return found
  }

  /** As they are stored; one round of commands, so not too many at once. */
  async packed(ids: readonly string[]): Promise<Packed> {
    const found = new Map<string, Buffer>()
    const doubtful: { bucket: number; ids: readonly string[]; content: BucketContent }[] = []
    await Promise.all(
      Array.from(byBucket(ids, itself), async ([bucket, idsThere]) => {
        const content = await this.#buckets.read(bucket, idsThere)
        if (content.writes.length > 0) doubtful.push({ bucket, ids: idsThere, content })
        else collect(found, idsThere, content.records)
      }),
    )
    if (doubtful.length === 0) return found
    const states = await this.#log.statesOf([...new Set(doubtful.flatMap(({ content }) => content.writes))])
    await Promise.all(
      doubtful.map(async (doubt) => {
        const { records } = await this.#settled(doubt.bucket, doubt.ids, doubt.content, states)
        collect(found, doubt.ids, records)
      }),
    )
    return found
  }

  /**
   * What a bucket holds once the writes that were staged in it are where they belong. Only writes that are decided by now
   * matter: those still open were not decided when the bucket was read.
   */
  async #settled(
    bucket: number,
    ids: readonly string[],
    content: BucketContent,
    states: ReadonlyMap<string, WriteState>,
  ): Promise<BucketContent> {
    const ended = content.writes.filter((write) => states.get(write) !== 'open')
    if (ended.length === 0) return content
    await Promise.all(
      ended.filter((write) => states.get(write) === 'committed').map((write) => this.#buckets.apply(bucket, write)),
    )
    const now = await this.#buckets.read(bucket, ids)
    // A write is opened before it stages anything, and forgotten after everything was applied: what nobody knows and is
    // staged all the same was called off.
    const dead = ended.filter((write) => states.get(write) === 'gone' && now.writes.includes(write))
    await Promise.all(dead.map((write) => this.#recovery.discard(write, [bucket])))
    return now
  }
}

function collect(found: Map<string, Buffer>, ids: readonly string[], records: readonly (Buffer | null)[]): void {
  for (const [at, id] of ids.entries()) {
    const bytes = records[at]
    if (bytes) found.set(id, bytes)
  }
}

function itself(id: string): string {
  return id
}
