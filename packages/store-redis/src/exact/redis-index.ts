import {
  type FeedStep,
  type Filter,
  type IndexChanges,
  type IndexEntry,
  type Match,
  type Metric,
  RecommenderError,
  type SearchRequest,
  type SimilarityIndex,
} from '@image-recommender/core'
import { isCluster, listen, mastersOf, type RedisClient } from '../client/client.ts'
import { Servers } from '../client/servers.ts'
import { Operations } from '../operations.ts'
import { warnOfEviction } from './eviction.ts'
import { asIndexFailure, IndexCommands } from './index-commands.ts'
import { IndexDirectory, type IndexShape } from './index-directory.ts'
import { type IndexKeys, indexDirectoryKeysOf, indexKeysOf } from './index-keys.ts'
import type { MemberChange } from './member-frames.ts'
import { learnSizes, MemberSearch, Outdated } from './member-search.ts'
import { MemberWriter, OtherIndex } from './member-writer.ts'
import { Members } from './members.ts'
import { checkIndexOptions, type RedisIndexOptions } from './redis-index-options.ts'
import { SetLog } from './set-log.ts'
import { Steps } from './steps.ts'

/** How many buckets an index in a Cluster has for each master that there is when it is made. */
const BUCKETS_A_MASTER = 2
/** How often a search begins again when something changes meanwhile, before it goes on all the same. */
const STRICT_ATTEMPTS = 4
/** How often something begins again before that is taken for a fault. */
const ATTEMPTS = 50
/** The sizes of so many class sets are asked for at once. */
const SIZES_AT_ONCE = 500

/**
 * An exact index in Redis (7.0 or newer), Valkey, or a Cluster of either, without any module. Members are in the servers, by their class
 * sets; in memory are the class sets alone. Several processes may use it at once, and find what the others have put as soon as it is there.
 * The client stays the caller's, who closes it after the index.
 *
 * @throws RecommenderError `INVALID_ARGUMENT` (options), `INDEX_FAILED` (no server, keys of another application, of another shape, or of a
 * newer version of this package)
 */
export async function createRedisIndex(options: RedisIndexOptions): Promise<SimilarityIndex> {
  const { client, prefix, dimensions, metric, onWarning } = checkIndexOptions(options)
  const stopListening = listen(client, onWarning)
  try {
    const index = new RedisIndex(new IndexCommands(client), client, prefix, { dimensions, metric }, stopListening)
    await index.open()
    await warnOfEviction(client, onWarning)
    return index
  } catch (error) {
    stopListening()
    throw asIndexFailure(error)
  }
}

interface Parts {
  readonly keys: IndexKeys
  readonly generation: string
  readonly members: Members
  readonly writer: MemberWriter
  readonly sets: SetLog
}

class RedisIndex implements SimilarityIndex {
  readonly exact = true
  readonly shared = true
  readonly dimensions: number
  readonly metric: Metric
  readonly #commands: IndexCommands
  readonly #client: RedisClient
  readonly #prefix: string
  readonly #directory: IndexDirectory
  readonly #servers: Servers
  readonly #operations = new Operations('index')
  readonly #stopListening: () => void
  #parts!: Parts

  constructor(
    commands: IndexCommands,
    client: RedisClient,
    prefix: string,
    { dimensions, metric }: IndexShape,
    stopListening: () => void,
  ) {
    this.dimensions = dimensions
    this.metric = metric
    this.#commands = commands
    this.#client = client
    this.#prefix = prefix
    this.#stopListening = stopListening
    this.#directory = new IndexDirectory(commands, indexDirectoryKeysOf(prefix), prefix)
    this.#servers = new Servers(client, this.#directory)
  }

  /** Makes the index where there is none, or where it was lost. */
  async open(): Promise<void> {
    const shape = { dimensions: this.dimensions, metric: this.metric }
    const wanted = isCluster(this.#client) ? BUCKETS_A_MASTER * Math.max(1, mastersOf(this.#client).length) : 1
    const { buckets, generation } = await this.#directory.open(shape, wanted)
    const keys = indexKeysOf(this.#prefix, buckets)
    const members = new Members(this.#commands, keys.buckets, this.dimensions)
    const sets = new SetLog(this.#commands, keys.directory, shape)
    const steps = new Steps(this.#commands, keys.directory)
    const writer = new MemberWriter({ members, sets, steps, keys: keys.directory, dimensions: this.dimensions })
    if (buckets > 1) await this.#servers.look()
    await clearStrangers(members, generation)
    await sets.refresh()
    await learnAllSizes(sets, members)
    this.#parts = { keys, generation, members, writer, sets }
  }

  write({ put = [], delete: gone = [] }: IndexChanges, step?: FeedStep): Promise<boolean> {
    const lastOf = new Map(put.map((entry) => [entry.id, entry]))
    const ids = [...new Set(gone)].filter((id) => !lastOf.has(id))
    return this.#operations.run(() => this.#write([...lastOf.values()], ids, step))
  }

  position(): Promise<string | undefined> {
    return this.#operations.run(() =>
      this.#untilKnown(async () => {
        const { members, generation } = this.#parts
        if (members.count > 1) await this.#servers.look()
        const { generation: now, position } = await this.#directory.describe()
        if (now !== generation) throw new OtherIndex('other')
        return position
      }),
    )
  }

  search(request: SearchRequest): Promise<Match[]> {
    return this.#operations.run(() => this.#read((search) => search.nearest(request)))
  }

  counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    return this.#operations.run(() =>
      isEmpty(where) ? this.#countAll() : this.#read((search) => this.#count(search, where)),
    )
  }

  async close(): Promise<void> {
    await this.#operations.close()
    this.#stopListening()
  }

  async #write(entries: readonly IndexEntry[], ids: readonly string[], step: FeedStep | undefined): Promise<boolean> {
    return this.#untilKnown(async () => {
      const { sets, writer, generation, members } = this.#parts
      if (step && members.count > 1) await this.#servers.look()
      const places = entries.map(({ vector }) => sets.known.directory.placeOf(vector))
      if (!(await sets.make(generation, places))) throw new OtherIndex('other')
      const changes: MemberChange[] = [
        ...entries.map((entry, at) => ({ id: entry.id, entry, place: places[at] })),
        ...ids.map((id) => ({ id })),
      ]
      const isWritten = await writer.write(changes, step, generation)
      const { directory } = sets.known
      if (isWritten) for (const place of places) if (place) directory.addMembers(place.axes, 1, [place.code])
      return isWritten
    })
  }

  #read<Result>(work: (search: MemberSearch) => Promise<Result>): Promise<Result> {
    return this.#untilKnown((attempt) => {
      const { sets, members, generation } = this.#parts
      const isStrict = attempt < STRICT_ATTEMPTS
      const version = sets.version.count
      return work(new MemberSearch({ sets: sets.known, version, members, generation, isStrict }))
    })
  }

  async #count(search: MemberSearch, where: Filter): Promise<{ total: number; perAxis: Uint32Array }> {
    const perAxis = new Uint32Array(this.dimensions)
    let total = 0
    for await (const { vector } of search.passing(where)) {
      total++
      for (let axis = 0; axis < this.dimensions; axis++) if (vector[axis]! > 0) perAxis[axis]!++
    }
    return { total, perAxis }
  }

  async #countAll(): Promise<{ total: number; perAxis: Uint32Array }> {
    const { members } = this.#parts
    const perAxis = new Uint32Array(this.dimensions)
    let total = 0
    const counted = Array.from({ length: members.count }, (_, bucket) => members.countsOf(bucket))
    for (const counts of await Promise.all(counted)) {
      for (const [name, count] of counts) {
        if (name === 'total') total += count
        else perAxis[Number(name)]! += count
      }
    }
    return { total, perAxis }
  }

  /** Works with what is known of the index, and begins again whenever that turns out to be so no longer. */
  async #untilKnown<Result>(work: (attempt: number) => Promise<Result>): Promise<Result> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return await work(attempt)
      } catch (error) {
        if (error instanceof Outdated) await this.#learn(error)
        else if (error instanceof OtherIndex) await this.open()
        else throw asIndexFailure(error)
      }
    }
    throw new RecommenderError(
      'INDEX_FAILED',
      `The index of prefix ${JSON.stringify(this.#prefix)} changed ${ATTEMPTS} times while this was tried: see whether several versions of this package, or of the data, are at work on the same keys.`,
    )
  }

  async #learn({ reason, version }: Outdated): Promise<void> {
    if (reason === 'generation') return this.open()
    if (reason !== 'sets') return
    const { sets, generation } = this.#parts
    if ((await sets.refresh()) !== generation) return this.open()
    if (sets.version.count >= version) return
    await sets.pad(version)
    await sets.refresh()
  }
}

/** Empties buckets whose members belong to an index that was lost. */
async function clearStrangers(members: Members, generation: string): Promise<void> {
  for (let bucket = 0; bucket < members.count; bucket++) {
    const now = await members.generationOf(bucket)
    if (now !== '' && now !== generation) await members.clear(bucket, generation)
  }
}

async function learnAllSizes({ known }: SetLog, members: Members): Promise<void> {
  for (let first = 0; first < known.count; first += SIZES_AT_ONCE) {
    const count = Math.min(SIZES_AT_ONCE, known.count - first)
    const some = Array.from({ length: count }, (_, at) => first + at)
    await learnSizes(known, members, some)
  }
}

function isEmpty({ axes = {}, tags = {}, exclude = [] }: Filter): boolean {
  return (
    [axes, tags].every(({ all = [], any = [], none = [] }) => all.length + any.length + none.length === 0) &&
    exclude.length === 0
  )
}
