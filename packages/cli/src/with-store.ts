import type { FeatureExtractor, FeatureSpace, ImageStore, Recommender } from '@image-recommender/core'
import type { Context } from './context.ts'
import { withoutSecrets } from './secrets.ts'
import { openStore } from './store/open-store.ts'
import { printable } from './terminal/printable.ts'

/** Opens the store for as long as `task` takes. */
export async function withStore<Result>(
  { settings, output }: Context,
  { create = false }: { readonly create?: boolean },
  task: (store: ImageStore) => Promise<Result>,
): Promise<Result> {
  output.progress.say('Opening the store')
  const onWarning = (warning: Error) =>
    output.note(output.errorColors.yellow(`warning: ${printable(withoutSecrets(warning.message, settings.store))}`))
  const { store, close } = await openStore(settings.store, { create, onWarning })
  try {
    return await task(store)
  } finally {
    // Closing twice is fine, and a recommender has closed it already.
    await store.close().finally(close)
  }
}

/** A page that is served asks again and again; the other commands ask once, and keep no more than that. */
const CACHED_RECORDS = 50_000

/** Opens a recommender over a store that is open, and closes it, and the extractor where it is one. */
export async function withRecommenderOver<Result>(
  { output }: Context,
  store: ImageStore,
  extractor: FeatureExtractor | FeatureSpace,
  task: (recommender: Recommender) => Promise<Result>,
): Promise<Result> {
  const { createRecommender } = await import('@image-recommender/core')
  output.progress.say('Reading the store')
  let recommender: Recommender
  try {
    recommender = await createRecommender({ extractor, store, cachedRecords: CACHED_RECORDS })
  } catch (error) {
    if ('close' in extractor) await extractor.close()
    throw error
  }
  try {
    output.progress.end()
    return await task(recommender)
  } finally {
    await recommender.close()
  }
}

/** A recommender that searches and imports, and describes nothing: neither the model nor native code is loaded. */
export async function withRecommender<Result>(
  context: Context,
  { create = false }: { readonly create?: boolean },
  task: (recommender: Recommender) => Promise<Result>,
): Promise<Result> {
  const { chooseModel } = await import('./model/model-choice.ts')
  // Before the store is opened, or made: what is wrong with the model is said at once.
  const space = await (await chooseModel(context.settings)).space()
  return withStore(context, { create }, (store) => withRecommenderOver(context, store, space, task))
}
