import {
  type Change,
  type ChangesOptions,
  type ImageRecord,
  type ImageStore,
  RecommenderError,
} from '@image-recommender/core'
import { Bell } from '@image-recommender/core/parts'
import { listen, type RedisClient } from '../client/client.ts'
import { Commands } from '../client/commands.ts'
import { warnOfLosses } from '../client/durability.ts'
import { Servers } from '../client/servers.ts'
import { Operations } from '../operations.ts'
import { mend } from '../writes/mend.ts'
import { Recovery } from '../writes/recovery.ts'
import { WriteLog } from '../writes/write-log.ts'
import { Writer } from '../writes/writer.ts'
import { Buckets } from './buckets.ts'
import { Directory, FORMAT } from './directory.ts'
import { feed } from './feed.ts'
import { everyBucket, keysOf } from './keys.ts'
import { RecordReader } from './record-reader.ts'
import { checkStoreOptions, type RedisStoreOptions } from './redis-store-options.ts'
import { sample } from './sample.ts'
import { scan } from './scan.ts'

/**
 * Keeps records in Redis (7.0 or newer), Valkey, or a Cluster of either. Several processes may use one store at once. The client
 * stays the caller's, who closes it after the store.
 *
 * @throws RecommenderError `INVALID_ARGUMENT` (options), `STORE_FAILED` (no server, keys of another application or of a newer
 * version of this package)
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<ImageStore> {
  const { client, prefix, pollInterval, onWarning } = checkStoreOptions(options)
  const stopListening = listen(client, onWarning)
  try {
    const parts = partsOf(client, prefix)
    await open(parts, prefix)
    await warnOfLosses(client, onWarning)
    return new RedisStore(parts, pollInterval, stopListening)
  } catch (error) {
    stopListening()
    throw error
  }
}

interface Parts {
  readonly directory: Directory
  readonly buckets: Buckets
  readonly log: WriteLog
  readonly recovery: Recovery
  readonly reader: RecordReader
  readonly writer: Writer
  readonly servers: Servers
  readonly operations: Operations
}

function partsOf(client: RedisClient, prefix: string): Parts {
  const keys = keysOf(prefix)
  const commands = new Commands(client)
  const directory = new Directory(commands, keys.directory)
  const log = new WriteLog(commands, keys.directory)
  const buckets = new Buckets(commands, keys.buckets)
  const recovery = new Recovery(log, buckets)
  const operations = new Operations()
  const reader = new RecordReader(buckets, log, recovery)
  return {
    directory,
    buckets,
    log,
    recovery,
    reader,
    writer: new Writer(directory, reader, { log, buckets, recovery, operations }),
    servers: new Servers(client, directory, () => buckets.checkNext()),
    operations,
  }
}

/** Makes the store where there is none, ends what processes that died have begun, and mends what servers have lost. */
async function open(parts: Parts, prefix: string): Promise<void> {
  const { directory, buckets, log, recovery, servers } = parts
  const { format, epoch, writes } = await directory.describe()
  // What is no number is no format of ours either.
  if (!(format <= FORMAT)) {
    throw new RecommenderError(
      'STORE_FAILED',
      `The keys of prefix ${JSON.stringify(prefix)} are of format ${format}, made by a newer @image-recommender/store-redis; this one knows formats up to ${FORMAT}. Update the package.`,
    )
  }
  await buckets.check(everyBucket)
  await servers.look()
  if (epoch === '') await directory.noteServers([])
  if (writes > 0) await recovery.settle(await log.sweep())
  await mend(parts)
}

class RedisStore implements ImageStore {
  readonly #parts: Parts
  readonly #pollInterval: number
  readonly #stopListening: () => void
  readonly #bell = new Bell()
  readonly #closing = new AbortController()

  constructor(parts: Parts, pollInterval: number, stopListening: () => void) {
    this.#parts = parts
    this.#pollInterval = pollInterval
    this.#stopListening = stopListening
  }

  async put(records: readonly ImageRecord[]): Promise<void> {
    const { operations, writer } = this.#parts
    await operations.run(async () => {
      if (records.length > 0) await writer.put(records)
    })
    this.#bell.ring()
  }

  async get(ids: readonly string[]): Promise<(ImageRecord | undefined)[]> {
    const { operations, reader } = this.#parts
    const found = await operations.run(() => reader.get([...new Set(ids)]))
    return ids.map((id) => found.get(id))
  }

  async delete(ids: readonly string[]): Promise<void> {
    const { operations, writer } = this.#parts
    await operations.run(async () => {
      if (ids.length > 0) await writer.delete(ids)
    })
    this.#bell.ring()
  }

  scan(): AsyncGenerator<ImageRecord> {
    return scan(this.#parts)
  }

  sample(count: number): Promise<ImageRecord[]> {
    const { operations, directory, reader } = this.#parts
    return operations.run(() => sample(directory, reader, count))
  }

  count(): Promise<number> {
    const { operations, directory } = this.#parts
    return operations.run(() => directory.count())
  }

  changes({ after, signal }: ChangesOptions = {}): AsyncIterable<readonly Change[]> {
    const { directory, servers, operations } = this.#parts
    const closing = this.#closing.signal
    return feed({
      directory,
      look: async () => {
        if (await servers.look()) operations.runAside(() => mend(this.#parts))
      },
      bell: this.#bell,
      pollInterval: this.#pollInterval,
      after,
      signal: signal ? AbortSignal.any([signal, closing]) : closing,
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#parts.operations.close()
    this.#stopListening()
  }
}
