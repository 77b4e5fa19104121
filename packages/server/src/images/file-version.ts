import type { JsonObject } from '@image-recommender/core'
import type { StoredFile } from './image-files.ts'

/** Stands among the metadata of a record, so it must not be what somebody would call their own. */
const KEY = 'image-recommender:file'

/** What a record keeps of its file, so that an unchanged file need not be read to be known as such. */
export function withVersion(metadata: JsonObject, { version }: StoredFile): JsonObject {
  return { ...metadata, [KEY]: version }
}

/** The metadata as they were given, and the version of the file; `undefined`: the record was not made by a server. */
export function withoutVersion(metadata: JsonObject): { version: string | undefined; own: JsonObject } {
  const { [KEY]: version, ...own } = metadata
  return { version: typeof version === 'string' ? version : undefined, own }
}
