import { RecommenderError } from '../errors.ts'
import type { FeatureExtractor, FeatureSpace } from '../feature-extractor.ts'
import type { ImageRecord, ImageStore } from '../image-store.ts'
import { parse, shown } from '../parse.ts'
import type { SimilarityIndex } from '../similarity-index.ts'
import { throwIfAborted } from './aborted.ts'
import { AxisNames } from './axis-names.ts'
import { inBatches } from './batches.ts'
import { Calls } from './calls.ts'
import { Collection } from './collection/collection.ts'
import type { ImageReader } from './collection/stored-image.ts'
import { duplicatesIn } from './duplicates.ts'
import { inFloat32 } from './float32-facts.ts'
import { assertDimensions } from './guard.ts'
import { assertSpace } from './in-space.ts'
import { Describer } from './ingest/describer.ts'
import { Ingest } from './ingest/ingest.ts'
import type { ObjectIndex } from './object-index.ts'
import * as schema from './options.ts'
import type * as Api from './recommender.ts'
import type { EmbeddingIndex } from './search/embedding-index.ts'
import { Queries } from './search/queries.ts'
import type { RankedPagesOptions } from './search/ranked-pages.ts'
import { type PageOptions, Search } from './search/search.ts'
import { Tastes } from './search/tastes.ts'

const IMPORT_BATCH = 500

type Wishes<Axis extends string> = Pick<Api.RecommendOptions<Axis>, 'like' | 'unlike' | 'taste'>

export interface EmbeddingPart extends EmbeddingIndex {
  /** `undefined`: images are only searched. */
  readonly extractor: FeatureExtractor | undefined
}

export interface RecommenderParts<Axis extends string> {
  readonly space: FeatureSpace<Axis>
  readonly extractor: FeatureExtractor<Axis> | undefined
  readonly store: ImageStore
  /** What searches read images from: the store, or what is kept of it. */
  readonly images: ImageReader
  readonly objects: ObjectIndex
  /** `undefined`: by distance. */
  readonly ranking: RankedPagesOptions | undefined
  readonly embedding: EmbeddingPart | undefined
  readonly onWarning: (warning: Error) => void
}

/** The façade over its parts: checks what it is given, and lets them do it. */
export class StandardRecommender<Axis extends string> implements Api.Recommender<Axis> {
  readonly space: FeatureSpace<Axis>
  readonly #extractor: FeatureExtractor<Axis> | undefined
  readonly #store: ImageStore
  readonly #index: SimilarityIndex
  readonly #embedding: EmbeddingPart | undefined
  readonly #collection: Collection
  readonly #ingest: Ingest
  readonly #search: Search<Axis>
  readonly #names: AxisNames<Axis>
  readonly #queries: Queries<Axis>
  readonly #tastes: Tastes<Axis>
  readonly #isRankedByObjects: boolean
  readonly #schemas: schema.SearchSchemas
  readonly #calls = new Calls()

  constructor({ space, extractor, store, images, objects, ranking, embedding, onWarning }: RecommenderParts<Axis>) {
    this.space = space
    this.#extractor = extractor
    this.#store = store
    this.#index = objects.index
    this.#names = new AxisNames(space)
    this.#schemas = schema.searchSchemas(space.axes)
    const collection = new Collection({ space, store, objects, embedding, onWarning })
    this.#collection = collection
    this.#search = new Search({ names: this.#names, images, objects, collection, ranking, embedding })
    this.#isRankedByObjects = ranking !== undefined
    this.#embedding = embedding
    const describer = new Describer({ space, extractor, embedding })
    this.#queries = new Queries({ space, names: this.#names, images, describer, embeddingSpace: embedding?.space })
    this.#tastes = new Tastes({ space, names: this.#names, images })
    this.#ingest = new Ingest({ spaceId: space.id, store, collection, describer, onWarning })
  }

  async open(): Promise<void> {
    try {
      await this.#collection.open()
    } catch (error) {
      await this.#collection.close()
      throw error
    }
  }

  add(image: Api.NewImage, options?: Api.Abortable): Promise<Api.AddResult<Axis>> {
    return this.#calls.run(async () => {
      const { signal } = parse(schema.abortableSchema, options, 'add')
      const incoming = parse(schema.newImageSchema, image, 'add')
      const { record, unchanged } = await this.#ingest.add(incoming, signal)
      return { image: this.#names.described(record), unchanged }
    })
  }

  addAll(
    images: Iterable<Api.NewImageSource> | AsyncIterable<Api.NewImageSource>,
    options?: Api.AddAllOptions,
  ): Promise<Api.AddAllReport> {
    return this.#calls.run(async () => {
      assertIterable(images, 'addAll')
      return this.#ingest.addAll(
        images,
        parse(schema.addAllOptionsSchema, options, 'addAll') as Api.AddAllOptions & { concurrency: number },
      )
    })
  }

  put(records: Iterable<ImageRecord> | AsyncIterable<ImageRecord>, options?: Api.Abortable): Promise<void> {
    return this.#calls.run(async () => {
      assertIterable(records, 'put')
      const { signal } = parse(schema.abortableSchema, options, 'put')
      for await (const batch of inBatches(records, IMPORT_BATCH)) {
        throwIfAborted(signal)
        const checked = batch.map((record) => this.#checkedRecord(record))
        const ids = [...new Set(checked.map(({ id }) => id))]
        await this.#collection.inTurn(ids, () => this.#collection.write(checked))
      }
    })
  }

  async *records(options?: Api.Abortable): AsyncGenerator<ImageRecord> {
    this.#calls.assertOpen()
    const { signal } = parse(schema.abortableSchema, options, 'records')
    throwIfAborted(signal)
    for await (const record of this.#store.scan()) {
      throwIfAborted(signal)
      this.#calls.assertOpen()
      yield record
    }
  }

  get(id: string): Promise<Api.DescribedImage<Axis> | undefined> {
    return this.#calls.run(async () => {
      const [record] = await this.#store.get([parse(schema.idSchema, id, 'get')])
      return record && this.#names.described(record)
    })
  }

  remove(ids: string | readonly string[]): Promise<void> {
    return this.#calls.run(async () => {
      const distinct = [...new Set(parse(schema.idsSchema, ids, 'remove'))]
      await this.#collection.inTurn(distinct, () => this.#collection.erase(distinct))
    })
  }

  similarTo(id: string, options?: Api.SearchOptions<Axis>): Promise<Api.Page<Axis>> {
    return this.#calls.run(async () => {
      const like = [{ id: parse(schema.idSchema, id, 'similarTo') }]
      return this.#page({ like }, parse(this.#schemas.search, options, 'similarTo') as PageOptions<Axis>)
    })
  }

  similarToImage(image: Uint8Array, options?: Api.SearchOptions<Axis>): Promise<Api.Page<Axis>> {
    return this.#calls.run(async () => {
      const like = [{ image: parse(schema.bytesSchema, image, 'similarToImage') }]
      return this.#page({ like }, parse(this.#schemas.search, options, 'similarToImage') as PageOptions<Axis>)
    })
  }

  recommend(options: Api.RecommendOptions<Axis>): Promise<Api.Page<Axis>> {
    return this.#calls.run(async () => {
      const { like, unlike, taste, ...search } = parse(this.#schemas.recommend, options, 'recommend')
      return this.#page({ like, unlike, taste } as Wishes<Axis>, search as PageOptions<Axis>)
    })
  }

  taste(history: Api.History, options?: Api.Abortable): Promise<Api.Taste<Axis>> {
    return this.#calls.run(async () => {
      const { signal } = parse(schema.abortableSchema, options, 'taste')
      const checked = parse(this.#schemas.history, history, 'taste')
      if (!this.#isRankedByObjects) throw rankedByDistance('taste: ')
      throwIfAborted(signal)
      return this.#tastes.of(checked)
    })
  }

  random(count: number): Promise<Api.DescribedImage<Axis>[]> {
    return this.#calls.run(async () => {
      const records = await this.#store.sample(parse(schema.countSchema, count, 'random'))
      return records.map((record) => this.#names.described(record))
    })
  }

  count(): Promise<number> {
    return this.#calls.run(() => this.#store.count())
  }

  objectCounts(where?: Api.Where<Axis>): Promise<Api.ObjectCounts<Axis>> {
    return this.#calls.run(async () => {
      const filter = this.#names.filterOf(parse(this.#schemas.where, where, 'objectCounts') as Api.Where<Axis>)
      const { total, perAxis } = await this.#index.counts(filter)
      const present = [...perAxis].map((count, axis) => ({ axis, count })).filter(({ count }) => count > 0)
      present.sort((a, b) => b.count - a.count || a.axis - b.axis)
      const objects = Object.fromEntries(present.map(({ axis, count }) => [this.#names.nameOf(axis), count]))
      return { total, objects: objects as Api.ObjectCounts<Axis>['objects'] }
    })
  }

  duplicates(options?: Api.DuplicatesOptions): Promise<readonly (readonly string[])[]> {
    return this.#calls.run(async () => {
      const { bits, signal } = parse(schema.duplicatesSchema, options, 'duplicates')
      return duplicatesIn(this.#store, bits, signal)
    })
  }

  reindex(options?: Api.Abortable): Promise<Api.ReindexReport> {
    return this.#calls.run(async () => {
      const { signal } = parse(schema.abortableSchema, options, 'reindex')
      throwIfAborted(signal)
      return this.#collection.reindex(signal)
    })
  }

  close(): Promise<void> {
    return this.#calls.end(async () => {
      await this.#collection.close()
      const parts = [this.#extractor, this.#embedding?.extractor, this.#index, this.#embedding?.index, this.#store]
      const closings = await Promise.allSettled(parts.map((part) => part?.close()))
      const failed = closings.find((closing) => closing.status === 'rejected')
      if (failed) throw failed.reason
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #page(wishes: Wishes<Axis>, options: PageOptions<Axis>): Promise<Api.Page<Axis>> {
    throwIfAborted(options.signal)
    if (!this.#isRankedByObjects) assertDistanceRanks(wishes, options)
    return this.#search.page(await this.#queries.of(wishes, options.signal), options)
  }

  #checkedRecord(record: ImageRecord): ImageRecord {
    const { id, spaceId, embedding, tags, metadata, contentHash } = parse(schema.recordSchema, record, 'put: a record')
    assertSpace(this.space.id, spaceId, `The image '${id}' was described`, 'add the image again to describe it anew')
    assertDimensions('SPACE_MISMATCH', `put: the record '${id}' has`, record, this.space.axes.length)
    if (embedding && embedding.spaceId === this.#embedding?.space.id)
      assertDimensions(
        'SPACE_MISMATCH',
        `put: the embedding of '${id}' has`,
        embedding,
        this.#embedding.index.dimensions,
      )
    // A copy: whoever gave it may go on writing to it.
    const kept = embedding && { ...embedding, vector: Float32Array.from(embedding.vector) }
    return { ...inFloat32(record), id, spaceId, embedding: kept, tags, metadata, contentHash }
  }
}

function assertDistanceRanks<Axis extends string>(wishes: Wishes<Axis>, options: PageOptions<Axis>): void {
  const { like = [], unlike = [], taste } = wishes
  const { weights, diversity, mostPerObjectSet, collapseNearDuplicates } = options
  const isOne = like.length === 1 && !('tags' in like[0]!) && unlike.length === 0 && !taste
  if (!isOne || weights || diversity || mostPerObjectSet || collapseNearDuplicates)
    throw rankedByDistance('recommend: ')
}

function rankedByDistance(where: string): RecommenderError {
  return new RecommenderError(
    'INVALID_ARGUMENT',
    `${where}this recommender ranks by distance alone, which takes one example; several, dislikes, tags, tastes, weights and variety are for a ranking by objects.`,
  )
}

function assertIterable(value: unknown, what: string): void {
  if (typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)) return
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${what}: takes an iterable or async iterable (received ${shown(value)})`,
  )
}
