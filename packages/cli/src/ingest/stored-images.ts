import type { JsonObject, Recommender } from '@image-recommender/core'

/** What is known already of the images below a prefix. */
export interface StoredImages {
  readonly ids: ReadonlySet<string>
  /** Of those only that have any: adding an image replaces its tags and metadata, and who ingests again wants to keep them. */
  readonly extras: ReadonlyMap<string, { readonly tags: readonly string[]; readonly metadata: JsonObject }>
}

export async function storedImages(
  recommender: Recommender,
  prefix: string,
  signal: AbortSignal,
): Promise<StoredImages> {
  const ids = new Set<string>()
  const extras = new Map<string, { tags: readonly string[]; metadata: JsonObject }>()
  for await (const { id, tags, metadata } of recommender.records({ signal })) {
    if (!id.startsWith(prefix)) continue
    ids.add(id)
    if (tags.length > 0 || Object.keys(metadata).length > 0) extras.set(id, { tags, metadata })
  }
  return { ids, extras }
}
