import { randomBytes } from 'node:crypto'
import type { Metric } from '@image-recommender/core'
import type { VectorPlace } from '@image-recommender/core/parts'
import { AxesCodec } from './axes-codec.ts'
import { type IndexCommands, listOf, textOf } from './index-commands.ts'
import type { IndexDirectoryKeys } from './index-keys.ts'
import { BOUNDS_BYTES, KnownSets } from './known-sets.ts'
import { makeSets, padLog, readLog } from './scripts/index-scripts.ts'

/** So many entries are read at once, so that neither this thread nor the server's is busy with them for long. */
const PAGE = 5000
const NOTHING = Buffer.alloc(0)

/** How much of the log of class sets is known. */
export interface SetVersion {
  readonly count: number
  /** The last of these entries. */
  readonly last: Buffer
}

/**
 * The class sets of an index: the log on the server, and the directory of it in memory. Sets have no names but their axes, which are
 * part of the keys of their members: so nobody needs to agree on numbers, and those of the directory are this process's own.
 *
 * Whoever writes a member leaves the version that he knew with its bucket. Whoever reads the bucket sees it, and reads on in the log
 * before he searches again; so a search knows the sets of all that it could find.
 */
export class SetLog {
  readonly #commands: IndexCommands
  readonly #keys: IndexDirectoryKeys
  readonly #shape: { dimensions: number; metric: Metric }
  readonly #codec: AxesCodec
  #known: KnownSets
  #version: SetVersion = { count: 0, last: NOTHING }

  constructor(commands: IndexCommands, keys: IndexDirectoryKeys, shape: { dimensions: number; metric: Metric }) {
    this.#commands = commands
    this.#keys = keys
    this.#shape = shape
    this.#codec = new AxesCodec(shape.dimensions)
    this.#known = new KnownSets(shape, this.#codec)
  }

  /** The sets as far as they are known now. Where the log turns out to be another, others take their place. */
  get known(): KnownSets {
    return this.#known
  }

  get version(): SetVersion {
    return this.#version
  }

  get codec(): AxesCodec {
    return this.#codec
  }

  /** Brings the directory up to date with the log. Returns the generation of the index; '' where there is none. */
  async refresh(): Promise<string> {
    const { meta, log } = this.#keys
    const known = this.#known
    let { count, last } = this.#version
    const found: Buffer[] = []
    let goesOn = true
    for (;;) {
      const reply = listOf(await this.#commands.run(readLog, [meta, log], [count, last, PAGE]))
      if (reply[1] === 0) {
        goesOn = false
        found.length = 0
        count = 0
      }
      const entries = listOf(reply[3]!) as readonly Buffer[]
      found.push(...entries)
      count += entries.length
      last = entries.at(-1) ?? last
      if (count < Number(reply[2])) continue
      // Unless somebody else was faster: what goes on from one log does not go on from another.
      if (!goesOn || this.#known === known) this.#include(found, goesOn, { count, last })
      return textOf(reply[0])!
    }
  }

  /** Adds the sets to the log that places still lack. False: the index is of another generation. */
  async make(generation: string, places: readonly (VectorPlace | undefined)[]): Promise<boolean> {
    const lacking = this.#known.directory.lacking(places)
    if (lacking.length === 0) return true
    const frames: Buffer[] = []
    for (const { axes, low, high } of lacking) {
      const encoded = this.#codec.encode(axes)
      const bounds = Buffer.allocUnsafe(BOUNDS_BYTES)
      bounds.writeDoubleLE(low, 0)
      bounds.writeDoubleLE(high, 8)
      frames.push(Buffer.of(encoded.length), encoded, bounds)
    }
    const { meta, sets, log } = this.#keys
    const reply = await this.#commands.run(
      makeSets,
      [meta, sets, log],
      [generation, randomBytes(8), Buffer.concat(frames)],
    )
    return textOf(reply) === 'made' && (await this.refresh()) === generation
  }

  /** To be called where a bucket knows of more entries than the log has by now: they were lost. */
  async pad(count: number): Promise<void> {
    const { meta, log } = this.#keys
    await this.#commands.run(padLog, [meta, log], [count])
  }

  #include(entries: readonly Buffer[], goesOn: boolean, version: SetVersion): void {
    if (goesOn && version.count <= this.#version.count) return
    if (!goesOn) this.#known = new KnownSets(this.#shape, this.#codec)
    this.#known.include(entries.filter(({ length }) => length >= BOUNDS_BYTES))
    this.#version = version
  }
}
