import { newWrite } from '../names.ts'
import type { Operations } from '../operations.ts'
import type { Buckets } from '../store/buckets.ts'
import { type Chunk, chunksOf, type Entries } from './chunks.ts'
import type { Recovery } from './recovery.ts'
import type { Verdict, WriteKind, WriteLog } from './write-log.ts'

export interface WriteParts {
  readonly log: WriteLog
  readonly buckets: Buckets
  readonly recovery: Recovery
  readonly operations: Operations
}

/** What is to be written: different ids, packed one by one when their turn comes. */
export interface Content {
  readonly kind: WriteKind
  readonly count: number
  readonly entries: Entries
}

/** `gone`: it took so long that others called it off. `outdated`: an id to delete is not there any more, one to erase is. */
export type Outcome = Committed | { readonly kind: 'gone' | 'outdated' }

export interface Committed {
  readonly kind: 'committed'
  /** Its last number in the feed. */
  readonly last: number
  /** The buckets in which nothing was staged any more: somebody else has applied it there, or the server has lost it. */
  readonly doubtful: ReadonlySet<number>
}

/**
 * Writes all or nothing, over as many servers as there are.
 *
 *     begin    the directory notes that the write is under way
 *     stage    each bucket keeps what is to be done, beside its records; the directory keeps the ids
 *     commit   the directory, in one step: the ids, the feed, and that it is decided
 *     apply    each bucket does what it kept
 *     finish   the directory forgets the write
 *
 * Up to the commit nothing has happened, and from there on all of it: a reader who meets something staged asks the directory,
 * and applies it first if it is decided. So everybody sees the old or the new, wherever a writer stops. As two decided
 * writes of one image could be applied in the wrong order, the later one is not decided before the earlier one is applied,
 * by whoever comes first. Nobody ever waits for anybody.
 *
 * A server may come back without what was staged there, when nobody but the writer has it: whoever is told `committed` sees
 * to it that the write is kept (`isKept`).
 */
export async function write(parts: WriteParts, content: Content): Promise<Outcome> {
  const running = new Write(parts, content)
  return running.run()
}

class Write {
  readonly #name = newWrite()
  readonly #parts: WriteParts
  readonly #content: Content
  /** Where something is staged. */
  readonly #touched = new Set<number>()

  constructor(parts: WriteParts, content: Content) {
    this.#parts = parts
    this.#content = content
  }

  async run(): Promise<Outcome> {
    const { log, recovery, operations } = this.#parts
    const leftovers = await log.begin(this.#name)
    try {
      await recovery.settle(leftovers)
      if (!(await this.#stage())) return await this.#callOff('gone')
    } catch (error) {
      operations.runAside(() => this.#callOff('gone'))
      throw error
    }
    const decided = await this.#commit()
    if (decided.kind !== 'committed') return this.#callOff(decided.kind)
    const doubtful = await recovery.apply(this.#name, this.#touched)
    operations.runAside(() => log.finish(this.#name))
    return { ...decided, doubtful }
  }

  /** One chunk is on its way while the next is packed. False: the write was called off. */
  async #stage(): Promise<boolean> {
    let sent = Promise.resolve(true)
    try {
      for await (const chunk of chunksOf(this.#content.entries)) {
        const sentBefore = sent
        sent = this.#send(chunk)
        sent.catch(() => {})
        if (!(await sentBefore)) return false
      }
    } finally {
      await Promise.allSettled([sent])
    }
    return sent
  }

  /** Settles only when nothing of it is under way any more, so that what was staged can be thrown away. */
  async #send({ ids, byBucket }: Chunk): Promise<boolean> {
    const { log, buckets } = this.#parts
    const enlisted = log.enlist(this.#name, ids)
    const staged = Array.from(byBucket, ([bucket, frames]) => {
      this.#touched.add(bucket)
      return buckets.stage(bucket, this.#name, this.#content.kind, frames)
    })
    await Promise.allSettled([enlisted, ...staged])
    await Promise.all(staged)
    return enlisted
  }

  /** Where that fails, the write is called off, unless it turns out to be committed all the same. */
  async #commit(): Promise<Exclude<Verdict, { kind: 'busy' }>> {
    const { log, recovery, operations } = this.#parts
    const { kind, count } = this.#content
    try {
      while (true) {
        const verdict = await log.commit(this.#name, kind, count, this.#touched)
        if (verdict.kind !== 'busy') return verdict
        await recovery.settle(verdict.blockers)
      }
    } catch (error) {
      const last = await log.callOff(this.#name).catch(() => {
        throw error
      })
      if (last > 0) return { kind: 'committed', last }
      operations.runAside(() => recovery.discard(this.#name, this.#touched))
      throw error
    }
  }

  async #callOff(kind: 'gone' | 'outdated'): Promise<Outcome> {
    await this.#parts.log.callOff(this.#name)
    await this.#parts.recovery.discard(this.#name, this.#touched)
    return { kind }
  }
}
