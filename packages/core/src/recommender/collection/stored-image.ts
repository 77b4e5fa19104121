import type { ImageRecord } from '../../image-store.ts'
import type { Picture } from '../../ranking/picture.ts'

/** A stored image, as searches read it: what they compare of it is made of its record once. */
export interface StoredImage {
  /** Whether it was described in the space that is searched; only then can it be compared. */
  readonly belongs: boolean
  readonly picture: Picture
  /** The caller's own. */
  record(): ImageRecord
}

/** What records are read for. */
export interface Reading {
  belongs(record: ImageRecord): boolean
  pictureOf(record: ImageRecord): Picture
}

/** What searches read images from. */
export interface ImageReader {
  /** In the order of `ids`; `undefined` where there is none. */
  get(ids: readonly string[]): Promise<(StoredImage | undefined)[]>
  /** One that is at hand, so that nobody need be asked. */
  known(id: string): StoredImage | undefined
}

/** What a record is kept as. */
export interface RecordSource {
  handOut(): ImageRecord
}

export class ReadImage implements StoredImage {
  readonly belongs: boolean
  readonly #source: RecordSource
  readonly #reading: Reading
  #picture: Picture | undefined

  /** @param source what has the record from now on */
  constructor(record: ImageRecord, source: RecordSource, reading: Reading) {
    this.belongs = reading.belongs(record)
    this.#source = source
    this.#reading = reading
  }

  get picture(): Picture {
    this.#picture ??= this.#reading.pictureOf(this.record())
    return this.#picture
  }

  record(): ImageRecord {
    return this.#source.handOut()
  }
}
