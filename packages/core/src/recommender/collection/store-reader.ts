import type { ImageStore } from '../../image-store.ts'
import { type ImageReader, ReadImage, type Reading, type StoredImage } from './stored-image.ts'

/** Reads every image in the store, and keeps none. */
export class StoreReader implements ImageReader {
  readonly #store: ImageStore
  readonly #reading: Reading

  constructor(store: ImageStore, reading: Reading) {
    this.#store = store
    this.#reading = reading
  }

  async get(ids: readonly string[]): Promise<(StoredImage | undefined)[]> {
    const records = await this.#store.get(ids)
    return records.map((record) => record && new ReadImage(record, { handOut: () => record }, this.#reading))
  }

  known(): undefined {
    return undefined
  }
}
