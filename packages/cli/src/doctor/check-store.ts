import type { ImageStore } from '@image-recommender/core'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { failureOf } from '../failure.ts'
import { chooseModel } from '../model/model-choice.ts'
import { shownAddress, withoutSecrets } from '../secrets.ts'
import { isAddress, type Settings } from '../settings.ts'
import { counted } from '../terminal/measures.ts'
import { withStore } from '../with-store.ts'
import type { Check } from './check.ts'

export async function checkStore(context: Context): Promise<Check[]> {
  const { settings } = context
  const where = isAddress(settings.store) ? shownAddress(settings.store) : settings.store
  try {
    return await withStore(context, {}, async (store) => [
      { name: 'store', ok: true, found: where, advice: null },
      await checkImages(store, settings, context.signal),
    ])
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof CommandError && error.code === 'NO_STORE')
      return [
        { name: 'store', ok: true, found: `${where}: none yet`, advice: 'image-recommender ingest FOLDER makes it' },
      ]
    const message = withoutSecrets(failureOf(error, undefined).message, settings.store)
    return [{ name: 'store', ok: false, found: message, advice: null }]
  }
}

/** Images that another model described are stored, and never found. */
async function checkImages(store: ImageStore, settings: Settings, signal: AbortSignal): Promise<Check> {
  // What is wrong with the model has been said; then there is nothing to compare with.
  const space = await chooseModel(settings)
    .then((model) => model.space())
    .catch(() => undefined)
  let [total, others, empty] = [0, 0, 0]
  for await (const { spaceId, vector } of store.scan()) {
    signal.throwIfAborted()
    total++
    if (space !== undefined && spaceId !== space.id) others++
    else if (vector.every((value) => value === 0)) empty++
  }
  const parts = [counted(total, 'image')]
  if (empty > 0) parts.push(`${empty} without a recognised object`)
  if (others > 0) parts.push(`${others} described by another model`)
  return {
    name: 'images',
    ok: others === 0,
    found: parts.join(', '),
    advice:
      others === 0
        ? null
        : 'Ingest them again with this model, or give --model as it was; they are not found until then.',
  }
}
