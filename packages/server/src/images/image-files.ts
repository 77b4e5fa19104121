import type { ImageKind } from './image-kind.ts'

/** An image's bytes as they are kept, and how to know whether they are still the same. */
export interface StoredFile {
  /** The image's id. */
  readonly name: string
  readonly kind: ImageKind
  readonly bytes: number
  /** Changes whenever the bytes do; at most 64 letters, digits, `.`, `_` and `-`. */
  readonly version: string
  /** When they were kept; milliseconds since 1970. */
  readonly modified: number
  /** Whether it may be removed. Photos of somebody's folder are only read. */
  readonly removable: boolean
}

/**
 * Port: where the bytes of images are kept. A folder here (`openImageFolder`), S3-like storage by whoever needs it. Names are looked up and
 * never used as paths, whatever they look like.
 */
export interface ImageFiles {
  /** Keeps an upload under a new name. It is there for good when the promise resolves, or not at all. */
  save(bytes: Uint8Array, kind: ImageKind): Promise<StoredFile>
  /** `undefined`: there is no such image. */
  find(name: string): Promise<StoredFile | undefined>
  /** The bytes; `undefined`: there is no such image. */
  read(name: string): Promise<Uint8Array | undefined>
  /** Removes an upload. Unknown names and those that are not removable are ignored. */
  remove(name: string): Promise<void>
  /** All images, those that are only read included. */
  list(): Promise<readonly StoredFile[]>
}
