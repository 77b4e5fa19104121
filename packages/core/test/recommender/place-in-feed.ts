import type { ImageStore, SimilarityIndex } from '../../src/index.ts'
import { changesSoFar } from '../../src/testing/index.ts'

/** How far in its store's feed a recommender has taken an index; the index itself names the space beside it. */
export async function placeInFeed(index: SimilarityIndex): Promise<string | null | undefined> {
  const position = await index.position()
  return position === undefined ? undefined : JSON.parse(position)[1]
}

/** Where the store's feed ends. */
export async function endOfFeed(store: ImageStore): Promise<string | undefined> {
  return (await changesSoFar(store)).at(-1)?.position
}
