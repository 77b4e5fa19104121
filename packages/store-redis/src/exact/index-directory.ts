import { type Metric, RecommenderError } from '@image-recommender/core'
import { newEpoch } from '../names.ts'
import { type IndexCommands, listOf, textOf } from './index-commands.ts'
import type { IndexDirectoryKeys } from './index-keys.ts'
import { describe, noteServers, open } from './scripts/index-scripts.ts'

/** The format of the keys that this package writes and understands. */
const FORMAT = 1
/** How many servers are remembered: a Cluster's masters, and those that were masters lately. */
const REMEMBERED_SERVERS = 64

export interface IndexShape {
  readonly dimensions: number
  readonly metric: Metric
}

export interface Opened {
  readonly buckets: number
  /** Names the index from its making to its loss. */
  readonly generation: string
}

/** What an index is, how far it is, and which servers keep it. */
export class IndexDirectory {
  readonly #commands: IndexCommands
  readonly #keys: IndexDirectoryKeys
  readonly #prefix: string

  constructor(commands: IndexCommands, keys: IndexDirectoryKeys, prefix: string) {
    this.#commands = commands
    this.#keys = keys
    this.#prefix = prefix
  }

  /** Makes the index where there is none, with so many buckets; or checks that the one that is there has that shape. */
  async open(shape: IndexShape, buckets: number): Promise<Opened> {
    const { meta, sets, log } = this.#keys
    const args = [FORMAT, shape.dimensions, shape.metric, buckets, newEpoch()]
    const found = listOf(await this.#commands.run(open, [meta, sets, log], args)).map(textOf)
    const [format, dimensions, metric, bucketsThere, generation] = found
    if (!(Number(format) <= FORMAT)) {
      throw new RecommenderError(
        'INDEX_FAILED',
        `The index of prefix ${JSON.stringify(this.#prefix)} is of format ${format}, made by a newer @image-recommender/store-redis; this one knows formats up to ${FORMAT}. Update the package.`,
      )
    }
    if (Number(dimensions) !== shape.dimensions || metric !== shape.metric) {
      throw new RecommenderError(
        'INDEX_FAILED',
        `The index of prefix ${JSON.stringify(this.#prefix)} has ${dimensions} dimensions and ${metric} distances, not ${shape.dimensions} and ${shape.metric}: choose another \`prefix\`, or delete its keys.`,
      )
    }
    return { buckets: Number(bucketsThere), generation: generation! }
  }

  /** `generation`: `undefined` where there is no index. */
  async describe(): Promise<{
    readonly generation: string | undefined
    readonly position: string | undefined
    readonly servers: readonly string[]
  }> {
    const reply = listOf(await this.#commands.run(describe, [this.#keys.meta], []))
    const [generation, position, servers] = reply.map(textOf)
    return {
      generation,
      // As it is kept, with "=" before it.
      position: position?.slice(1),
      servers: (servers ?? '').split(' ').filter(Boolean),
    }
  }

  /** Notes which servers keep the index. Where one of them is unknown so far, it is to be filled again: that server may lack the latest writes. */
  async noteServers(servers: readonly string[]): Promise<void> {
    await this.#commands.run(noteServers, [this.#keys.meta], [REMEMBERED_SERVERS, ...servers])
  }
}
