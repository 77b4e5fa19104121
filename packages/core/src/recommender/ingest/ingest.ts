import { RecommenderError } from '../../errors.ts'
import type { ImageRecord, ImageStore, JsonObject } from '../../image-store.ts'
import { parse } from '../../parse.ts'
import { throwIfAborted } from '../aborted.ts'
import { backOff } from '../back-off.ts'
import type { Collection } from '../collection/collection.ts'
import { newImageSourceSchema } from '../options.ts'
import type { AddAllOptions, AddAllReport, NewImageSource } from '../recommender.ts'
import { contentHash } from './content-hash.ts'
import type { Describer, Description } from './describer.ts'
import { Pace } from './pace.ts'

/** A `NewImageSource` that has been checked, defaults filled in. */
export interface IncomingImage {
  readonly id: string
  readonly image: Uint8Array | (() => Uint8Array | Promise<Uint8Array>)
  readonly tags: readonly string[]
  readonly metadata: JsonObject
}

export interface IngestParts {
  readonly spaceId: string
  readonly store: ImageStore
  readonly collection: Collection
  readonly describer: Describer
  readonly onWarning: (warning: Error) => void
}

/** The way of an image into the collection: bytes → objects → vector → record. */
export class Ingest {
  readonly #parts: IngestParts

  constructor(parts: IngestParts) {
    this.#parts = parts
  }

  /** @param describe the describer's, unless something else is to be done about what an extractor refuses */
  add(
    incoming: IncomingImage,
    signal: AbortSignal | undefined,
    describe = (image: Uint8Array) => this.#parts.describer.describe(image, signal),
  ): Promise<{ record: ImageRecord; unchanged: boolean }> {
    const { spaceId, store, collection } = this.#parts
    const { id, image, tags, metadata } = incoming
    return collection.inTurn([id], async () => {
      throwIfAborted(signal)
      const bytes = typeof image === 'function' ? assertBytes(await image()) : image
      const hash = await contentHash(bytes)
      const [stored] = await store.get([id])
      if (stored?.contentHash === hash && collection.isWhole(stored)) {
        const record = collection.withCurrentVector({ ...stored, tags, metadata })
        if (!isDeepEqual(record, stored)) await collection.write([record])
        return { record, unchanged: true }
      }
      const description = await describe(bytes)
      const record = { ...description, id, spaceId, tags, metadata, contentHash: hash }
      await collection.write([record])
      return { record, unchanged: false }
    })
  }

  async addAll(
    images: Iterable<NewImageSource> | AsyncIterable<NewImageSource>,
    { concurrency, signal, onProgress }: AddAllOptions & { concurrency: number },
  ): Promise<AddAllReport> {
    const report = { added: 0, unchanged: 0, failed: [] as { id: string; error: Error }[] }
    const seen = new Set<string>()
    const repeated = new Set<string>()
    const source = Symbol.asyncIterator in images ? images[Symbol.asyncIterator]() : images[Symbol.iterator]()
    const total = Array.isArray(images) ? images.length : undefined
    const pace = new Pace()
    let done = 0
    let stopped: { error: unknown } | undefined

    const addOne = async (image: unknown) => {
      const id = String((image as NewImageSource | undefined)?.id)
      try {
        const incoming = parse(newImageSourceSchema, image, 'addAll: an image') as IncomingImage
        if (seen.has(id)) repeated.add(id)
        seen.add(id)
        // Nothing is awaited between taking an image and getting its turn, so equal ids keep the order in which they came.
        const { unchanged } = await this.add(incoming, signal, (bytes) => this.#describeWhenThereIsRoom(bytes, signal))
        report[unchanged ? 'unchanged' : 'added']++
      } catch (error) {
        if (!concernsOneImage(error)) throw error
        report.failed.push({ id, error: error instanceof Error ? error : new Error(String(error)) })
      }
      done++
      pace.step(performance.now())
      const { rate } = pace
      const remaining = total === undefined || rate === undefined ? undefined : (total - done) / rate
      this.#tell(onProgress, { id, done, total, rate, remaining })
    }
    const work = async () => {
      try {
        while (!stopped) {
          throwIfAborted(signal)
          const next = await source.next()
          if (next.done) return
          await addOne(next.value)
        }
      } catch (error) {
        stopped ??= { error }
      }
    }

    await Promise.all(Array.from({ length: concurrency }, work))
    if (stopped) {
      await source.return?.()
      throw (stopped as { error: unknown }).error
    }
    return { ...report, repeated: [...repeated] }
  }

  /** What is refused because too much waits already, by this call or by others, is no failure of the image. */
  async #describeWhenThereIsRoom(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Description> {
    for (let refusals = 1; ; refusals++) {
      try {
        return await this.#parts.describer.describe(bytes, signal)
      } catch (error) {
        if (!RecommenderError.is(error, 'OVERLOADED')) throw error
      }
      // Where the signal has been aborted meanwhile, the next try says so.
      await backOff(refusals)
    }
  }

  #tell<T>(listener: ((event: T) => void) | undefined, event: T): void {
    try {
      listener?.(event)
    } catch (cause) {
      this.#parts.onWarning(new Error('onProgress threw; adding went on.', { cause }))
    }
  }
}

function assertBytes(bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes
  throw new RecommenderError('INVALID_ARGUMENT', `addAll: image() must give a Uint8Array, but gave ${typeof bytes}.`)
}

/** Whether the others can go on. Without a store, an index or a caller who waits, they cannot. */
function concernsOneImage(error: unknown): boolean {
  if (!RecommenderError.is(error)) return true
  return !['STORE_FAILED', 'INDEX_FAILED', 'ABORTED', 'CLOSED'].includes(error.code)
}

function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isDeepEqual(Reflect.get(a, key), Reflect.get(b, key)))
  )
}
