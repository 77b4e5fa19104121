import type { JsonObject, NewImageSource, Recommender } from '@image-recommender/core'
import { withoutVersion, withVersion } from './file-version.ts'
import type { ImageFiles, StoredFile } from './image-files.ts'

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
  /**
   * Whether other processes use store and files, too. Then nothing is forgotten, since a folder that is not there on one machine would empty
   * the store for all; what others may be adding at this moment is left to them; and the order is a random one, so that processes which fill at
   * the same time share the work: what one has described, the others find described.
   */
  readonly shared?: boolean
}

/** Enough for two workers, each with one at work, one being read and one being stored; what is under way holds up a stop. */
const AT_ONCE = 6

/**
 * Brings the recommender to what the files are: new and changed images are described, those without a file forgotten.
 * Where nothing changed, nothing is read. Images may be uploaded meanwhile.
 */
export async function fill(
  recommender: Recommender,
  files: ImageFiles,
  options: FillOptions = {},
): Promise<FillReport> {
  const { signal, onProgress, shared = false } = options
  const known = await knownFiles(recommender)
  // After the records: an upload's file is there before its record, so no record lacks its file by chance.
  const present = await files.list()
  const missing = present.filter(({ name, version }) => known.get(name)?.version !== version)
  const names = new Set(present.map(({ name }) => name))
  const gone = shared ? [] : [...known.keys()].filter((name) => !names.has(name))
  if (gone.length > 0) await recommender.remove(gone)

  const ours = shared ? shuffled(missing.filter((file) => known.has(file.name) || !mayBeComingIn(file))) : missing
  const images = ours.map((file): NewImageSource => {
    const { tags = [], metadata = {} } = known.get(file.name) ?? {}
    return { id: file.name, image: () => bytesOf(files, file.name), tags, metadata: withVersion(metadata, file) }
  })
  const total = images.length
  if (total > 0) onProgress?.({ done: 0, total })
  const report = await recommender.addAll(until(signal, images), {
    concurrency: AT_ONCE,
    onProgress: ({ done }) => onProgress?.({ done, total }),
  })
  return {
    described: report.added,
    known: present.length - missing.length + report.unchanged,
    removed: gone.length,
    failed: report.failed,
  }
}

interface Known {
  /** `undefined`: it must be described anew. */
  readonly version: string | undefined
  readonly tags: readonly string[]
  readonly metadata: JsonObject
}

async function knownFiles(recommender: Recommender): Promise<Map<string, Known>> {
  const known = new Map<string, Known>()
  for await (const { id, spaceId, tags, metadata } of recommender.records()) {
    const { version, own } = withoutVersion(metadata)
    // Records of another model are described anew.
    known.set(id, { version: spaceId === recommender.space.id ? version : undefined, tags, metadata: own })
  }
  return known
}

async function bytesOf(files: ImageFiles, name: string): Promise<Uint8Array> {
  const bytes = await files.read(name)
  if (bytes === undefined) throw new Error(`${name} has gone meanwhile`)
  return bytes
}

/** After this, whoever has kept it has described it, too, or is dead. */
const ADDING_TAKES_AT_MOST_MS = 10 * 60_000

function mayBeComingIn({ removable, modified }: StoredFile): boolean {
  return removable && Date.now() - modified < ADDING_TAKES_AT_MOST_MS
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = items.map((item) => ({ item, at: Math.random() }))
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item)
}

function* until<T>(signal: AbortSignal | undefined, items: readonly T[]): Iterable<T> {
  for (const item of items) {
    if (signal?.aborted) return
    yield item
  }
}
