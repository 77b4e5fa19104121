import { setTimeout } from 'node:timers/promises'
import type { FeedStep } from '@image-recommender/core'
import { CallQueue } from '@image-recommender/core/parts'
import type { IndexDirectoryKeys } from './index-keys.ts'
import { framesOf, type MemberChange, type MemberFrames } from './member-frames.ts'
import type { Members } from './members.ts'
import { deleteAtOnce, deleteFenced, writeAtOnce, writeFenced } from './scripts/member-scripts.ts'
import type { SetLog } from './set-log.ts'
import { type Known, NamedStep, type Steps, type Strange } from './steps.ts'

/** How many images are sent to a bucket at once at most, and how many bytes. */
const CHUNK = { images: 1000, bytes: 1_000_000 }
const WHOLE = { images: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
/** How many chunks are on their way while the next is packed. */
const UNDER_WAY = 16
/** How many milliseconds lie between two looks at a position that somebody else has claimed. */
const LOOK = 5

/** Ends a piece of work that found another index under these keys than the one it knows: that is opened, and the work begins again. */
export class OtherIndex extends Error {
  constructor(readonly reason: Strange | 'other bucket') {
    super(reason)
  }
}

export interface MemberWriterParts {
  readonly members: Members
  readonly sets: SetLog
  readonly steps: Steps
  readonly keys: IndexDirectoryKeys
  readonly dimensions: number
}

/**
 * Writes members. With a step it keeps this law, wherever a writer stops and however late its commands arrive: **what was read before
 * the position moved on never stays over what was read afterwards.**
 *
 * Where the index is on one server, a single script looks at the position, writes, and moves it.
 *
 * In a Cluster no script can do that, and buckets cannot ask for the position. So writers carry a fence, a number that the directory
 * gives, and a bucket refuses whoever comes with a lower one than it has seen:
 *
 *     claim    the directory: is the position still `from`? Then a fence above all that it ever gave
 *     write    each bucket of these images, those that are not there to be deleted included: with this fence or not at all
 *     finish   the directory: is the position still `from`, and did nobody claim it since? Then it moves
 *
 * Say a writer's images were read before the position moved on from P, and one of them has changed since. The change lies
 * behind P in the feed, so whoever moved the position past the change has written that image, with a higher fence: if before, the
 * bucket refuses ours, and if afterwards, ours is overwritten. A writer that stops half-way has not moved the position, so all it has
 * written is written again by whoever comes next. Writers that leave the position where it is claim it as well, so none of them
 * is met by one that moves it; they take turns, and after a second without an end nobody waits for one that died.
 */
export class MemberWriter {
  readonly #members: Members
  readonly #sets: SetLog
  readonly #steps: Steps
  readonly #keys: IndexDirectoryKeys
  readonly #dimensions: number
  readonly #queue = new CallQueue()

  constructor({ members, sets, steps, keys, dimensions }: MemberWriterParts) {
    this.#members = members
    this.#sets = sets
    this.#steps = steps
    this.#keys = keys
    this.#dimensions = dimensions
  }

  /** False: the position is not where the step begins. The changes are of different images. */
  async write(changes: readonly MemberChange[], step: FeedStep | undefined, generation: string): Promise<boolean> {
    const known = { generation, sets: this.#sets.version }
    if (this.#members.count === 1) return this.#writeAtOnce(changes, step, known)
    if (step) return this.#queue.run(() => this.#writeByClaim(changes, new NamedStep(step), known))
    const begun = await this.#steps.begin(known)
    if (begun !== 'begun') throw new OtherIndex(begun)
    await this.#writeBuckets(changes, '', known)
    return true
  }

  async #writeByClaim(changes: readonly MemberChange[], step: NamedStep, known: Known): Promise<boolean> {
    let above = '0'
    for (;;) {
      const claimed = await this.#steps.claim(known, step, above)
      if ('refused' in claimed) {
        if (claimed.refused !== 'busy') return settled(claimed.refused)
        await setTimeout(LOOK * (1 + Math.random()))
        continue
      }
      const fencedBy = await this.#writeBuckets(changes, claimed.fence, known)
      if (fencedBy === undefined) {
        const outcome = await this.#steps.finish(known, step, claimed.fence)
        if (outcome !== 'superseded') return settled(outcome)
      } else above = fencedBy
    }
  }

  /** A step goes in one script, whatever its size; without one, the server may do other things in between. */
  async #writeAtOnce(changes: readonly MemberChange[], step: FeedStep | undefined, known: Known): Promise<boolean> {
    const { meta, log } = this.#keys
    const script = changes.some(({ entry }) => entry) ? writeAtOnce : deleteAtOnce
    const named = step && new NamedStep(step)
    const send = async ({ frames }: MemberFrames) => {
      const position = named ? [named.from, named.to, named.name] : ['', '', '']
      const args = [...this.#argumentsFor(known, frames), known.sets.last, ...position]
      const [word] = await this.#members.write(0, script, [meta, log], args)
      return settled(word as 'written' | 'moved' | Strange | 'other bucket')
    }
    if (!step) {
      await this.#sendAll(changes, send)
      return true
    }
    for await (const chunk of framesOf(changes, this.#frameShape(), WHOLE)) return send(chunk)
    return send({ bucket: 0, frames: Buffer.alloc(0) })
  }

  /** Undefined where all is written, or by which fence some of it was refused. */
  async #writeBuckets(changes: readonly MemberChange[], fence: string, known: Known): Promise<string | undefined> {
    let fencedBy: string | undefined
    const script = changes.some(({ entry }) => entry) ? writeFenced : deleteFenced
    await this.#sendAll(changes, async ({ bucket, frames }) => {
      const args = [...this.#argumentsFor(known, frames), fence]
      const [word, by] = await this.#members.write(bucket, script, [], args)
      if (word === 'fenced') fencedBy = by
      else settled(word as 'written' | 'other bucket')
    })
    return fencedBy
  }

  /** Settles only when nothing of it is under way any more. */
  async #sendAll(changes: readonly MemberChange[], send: (chunk: MemberFrames) => Promise<unknown>): Promise<void> {
    const underWay = new Set<Promise<unknown>>()
    const failed: unknown[] = []
    for await (const chunk of framesOf(changes, this.#frameShape(), CHUNK)) {
      if (failed.length > 0) break
      const sent: Promise<unknown> = send(chunk)
        .catch((error: unknown) => failed.push(error))
        .finally(() => underWay.delete(sent))
      underWay.add(sent)
      if (underWay.size >= UNDER_WAY) await Promise.race(underWay)
    }
    await Promise.all(underWay)
    if (failed.length > 0) throw failed[0]
  }

  #argumentsFor({ generation, sets }: Known, frames: Buffer): (string | number | Buffer)[] {
    return [generation, sets.count, this.#sets.codec.width, this.#dimensions, frames]
  }

  #frameShape() {
    return { buckets: this.#members.count, codec: this.#sets.codec, everyAxis: this.#members.everyAxis }
  }
}

function settled(outcome: 'written' | 'moved' | Strange | 'other bucket'): boolean {
  if (outcome === 'written') return true
  if (outcome === 'moved') return false
  throw new OtherIndex(outcome)
}
