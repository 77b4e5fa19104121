import { readFile } from 'node:fs/promises'
import type { JsonObject, NewImageSource, Recommender } from '@image-recommender/core'
import type { ImageFile } from './collection.ts'
import type { ImageFiles } from './image-files.ts'

export interface FillReport {
  /** Described now. */
  readonly described: number
  /** Known from before. */
  readonly known: number
  /** Forgotten, because their files are gone. */
  readonly removed: number
  readonly failed: readonly { readonly id: string; readonly error: Error }[]
}

export interface FillOptions {
  /** Aborting stops it: what has been begun is finished, and the next time it goes on from there. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

/** What a record keeps of its file, so that an unchanged file need not be read to be known as such. */
export function fileMetadata({ bytes, modified }: ImageFile): JsonObject {
  return { bytes, modified }
}

/** One is described while the next is read and the one before is stored; what is under way holds up a stop. */
const AT_ONCE = 3

/**
 * Brings the recommender to what the files are: new and changed images are described, those without a file forgotten.
 * Where nothing changed, nothing is read. Images may be uploaded meanwhile.
 */
export async function fill(
  recommender: Recommender,
  files: ImageFiles,
  options: FillOptions = {},
): Promise<FillReport> {
  const { signal, onProgress } = options
  const known = await knownFiles(recommender)
  // After the records: an upload's file is there before its record, so no record lacks its file by chance.
  const present = await files.list()
  const missing = present.filter((file) => known.get(file.name) !== fingerprint(fileMetadata(file)))
  const names = new Set(present.map((file) => file.name))
  const gone = [...known.keys()].filter((name) => !names.has(name))
  if (gone.length > 0) await recommender.remove(gone)

  const images = missing.map(
    (file): NewImageSource => ({ id: file.name, image: () => readFile(file.path), metadata: fileMetadata(file) }),
  )
  const total = images.length
  if (total > 0) onProgress?.({ done: 0, total })
  const report = await recommender.addAll(until(signal, images), {
    concurrency: AT_ONCE,
    onProgress: ({ done }) => onProgress?.({ done, total }),
  })
  return {
    described: report.added,
    known: present.length - total + report.unchanged,
    removed: gone.length,
    failed: report.failed,
  }
}

async function knownFiles(recommender: Recommender): Promise<Map<string, string>> {
  const known = new Map<string, string>()
  for await (const { id, spaceId, metadata } of recommender.records()) {
    // Records of another model are described anew.
    known.set(id, spaceId === recommender.space.id ? fingerprint(metadata) : '')
  }
  return known
}

function* until<T>(signal: AbortSignal | undefined, items: readonly T[]): Iterable<T> {
  for (const item of items) {
    if (signal?.aborted) return
    yield item
  }
}

function fingerprint({ bytes, modified }: JsonObject): string {
  return `${bytes}/${modified}`
}
