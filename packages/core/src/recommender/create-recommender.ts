import { RecommenderError } from '../errors.ts'
import { createExactIndex } from '../exact-index/index.ts'
import type { Extraction, FeatureExtractor, FeatureSpace } from '../feature-extractor.ts'
import type { ImageRecord, ImageStore } from '../image-store.ts'
import { createMemoryStore } from '../memory-store/index.ts'
import { parse, shown } from '../parse.ts'
import type { SimilarityIndex } from '../similarity-index.ts'
import { AxisNames } from './axis-names.ts'
import { inBatches } from './batches.ts'
import { Calls } from './calls.ts'
import { Collection } from './collection.ts'
import { inFloat32 } from './float32-facts.ts'
import { assertDimensions, guardExtractor, guardIndex, guardStore, throwIfAborted } from './guard.ts'
import { Ingest } from './ingest.ts'
import * as schema from './options.ts'
import type * as Api from './recommender.ts'
import { type PageOptions, type Query, Search } from './search.ts'

const IMPORT_BATCH = 500

/**
 * Makes a recommender of an extractor, a store and an index. It resolves when the index has everything that is in the
 * store. The parts are the recommender's from then on: `close` closes them.
 *
 * @throws RecommenderError `INVALID_ARGUMENT`, `STORE_FAILED`, `INDEX_FAILED`
 */
export async function createRecommender<const Axis extends string = string>(
  options: Api.RecommenderOptions<Axis>,
): Promise<Api.Recommender<Axis>> {
  parse(schema.recommenderSchema, options, 'createRecommender')
  const extractor = isExtractor(options.extractor) ? guardExtractor(options.extractor) : undefined
  const space = extractor?.space ?? (options.extractor as FeatureSpace<Axis>)
  parse(schema.spaceSchema, space, 'createRecommender: the space of the extractor')

  const dimensions = space.axes.length
  const index = guardIndex(options.index ?? createExactIndex({ dimensions }))
  if (index.dimensions !== dimensions) {
    throw new RecommenderError(
      'SPACE_MISMATCH',
      `The index takes vectors of ${index.dimensions} values, but the space '${space.id}' has ${dimensions} axes; create the index with dimensions: ${dimensions}.`,
    )
  }
  const store = guardStore(options.store ?? createMemoryStore())
  const recommender = new StandardRecommender(space, extractor, store, index, warningsTo(options.onWarning))
  await recommender.open()
  return recommender
}

function isExtractor<Axis extends string>(
  candidate: FeatureExtractor<Axis> | FeatureSpace<Axis>,
): candidate is FeatureExtractor<Axis> {
  return 'extract' in candidate
}

/** Whoever is warned must not be able to stop what goes on. */
function warningsTo(listener: Api.RecommenderOptions['onWarning']): (warning: Error) => void {
  return (warning) => {
    try {
      listener?.(warning)
    } catch {
      // There is nobody left to tell.
    }
  }
}

class StandardRecommender<Axis extends string> implements Api.Recommender<Axis> {
  readonly space: FeatureSpace<Axis>
  readonly #extractor: FeatureExtractor<Axis> | undefined
  readonly #store: ImageStore
  readonly #index: SimilarityIndex
  readonly #collection: Collection
  readonly #ingest: Ingest
  readonly #search: Search<Axis>
  readonly #names: AxisNames<Axis>
  readonly #schemas: schema.SearchSchemas
  readonly #calls = new Calls()

  constructor(
    space: FeatureSpace<Axis>,
    extractor: FeatureExtractor<Axis> | undefined,
    store: ImageStore,
    index: SimilarityIndex,
    onWarning: (warning: Error) => void,
  ) {
    this.space = space
    this.#extractor = extractor
    this.#store = store
    this.#index = index
    this.#names = new AxisNames(space)
    this.#schemas = schema.searchSchemas(space.axes)
    const collection = new Collection(space, store, index, onWarning)
    this.#collection = collection
    this.#search = new Search({ names: this.#names, store, index, collection })
    this.#ingest = new Ingest({
      spaceId: space.id,
      store,
      collection,
      extract: (image, signal) => this.#extract(image, signal),
      onWarning,
    })
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
      return { image: this.#search.describe(record), unchanged }
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
      return record && this.#search.describe(record)
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
      const example = { id: parse(schema.idSchema, id, 'similarTo') }
      return this.#page(example, parse(this.#schemas.search, options, 'similarTo') as PageOptions<Axis>)
    })
  }

  similarToImage(image: Uint8Array, options?: Api.SearchOptions<Axis>): Promise<Api.Page<Axis>> {
    return this.#calls.run(async () => {
      const example = { image: parse(schema.bytesSchema, image, 'similarToImage') }
      return this.#page(example, parse(this.#schemas.search, options, 'similarToImage') as PageOptions<Axis>)
    })
  }

  recommend(options: Api.RecommendOptions<Axis>): Promise<Api.Page<Axis>> {
    return this.#calls.run(async () => {
      const { like, ...search } = parse(this.#schemas.recommend, options, 'recommend')
      return this.#page(like[0] as Api.Example<Axis>, search as PageOptions<Axis>)
    })
  }

  random(count: number): Promise<Api.DescribedImage<Axis>[]> {
    return this.#calls.run(async () => {
      const records = await this.#store.sample(parse(schema.countSchema, count, 'random'))
      return records.map((record) => this.#search.describe(record))
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
      const closings = await Promise.allSettled([this.#extractor?.close(), this.#index.close(), this.#store.close()])
      const failed = closings.find((closing) => closing.status === 'rejected')
      if (failed) throw failed.reason
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #page(example: Api.Example<Axis>, options: PageOptions<Axis>): Promise<Api.Page<Axis>> {
    throwIfAborted(options.signal)
    return this.#search.page(await this.#queryOf(example, options.signal), options)
  }

  async #queryOf(example: Api.Example<Axis>, signal: AbortSignal | undefined): Promise<Query<Axis>> {
    if ('id' in example) {
      const [record] = await this.#store.get([example.id])
      if (!record)
        throw new RecommenderError('IMAGE_NOT_FOUND', `No image ${shown(example.id)} is stored; add it first.`)
      this.#assertSpace(record)
      return { id: record.id, vector: record.vector, objects: this.#names.present(record.objects) }
    }
    if ('image' in example) {
      const { vector, objects } = await this.#extract(example.image, signal)
      return { vector, objects: this.#names.present(objects) }
    }
    const vector = this.#names.vectorOf(example.objects)
    const objects = [...vector]
      .map((score, axis) => ({ object: this.#names.nameOf(axis), score, box: null, color: null }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
    return { vector, objects }
  }

  async #extract(image: Uint8Array, signal: AbortSignal | undefined): Promise<Extraction> {
    if (!this.#extractor) {
      throw new RecommenderError(
        'INVALID_ARGUMENT',
        `This recommender was created with a feature space ('${this.space.id}') and no extractor, so it cannot describe images; create it with an extractor.`,
      )
    }
    throwIfAborted(signal)
    const extraction = await this.#extractor.extract(image, { signal })
    throwIfAborted(signal)
    return extraction
  }

  #checkedRecord(record: ImageRecord): ImageRecord {
    const { id, spaceId, tags, metadata, contentHash } = parse(schema.recordSchema, record, 'put: a record')
    this.#assertSpace(record)
    assertDimensions('SPACE_MISMATCH', `put: the record '${id}' has`, record, this.space.axes.length)
    return { ...inFloat32(record), id, spaceId, tags, metadata, contentHash }
  }

  #assertSpace({ id, spaceId }: ImageRecord): void {
    if (spaceId === this.space.id) return
    throw new RecommenderError(
      'SPACE_MISMATCH',
      `The image '${id}' was described in the space '${spaceId}', this recommender works in '${this.space.id}', and vectors of two spaces cannot be compared; add the image again to describe it anew.`,
    )
  }
}

function assertIterable(value: unknown, what: string): void {
  if (typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)) return
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${what}: takes an iterable or async iterable (received ${shown(value)})`,
  )
}
