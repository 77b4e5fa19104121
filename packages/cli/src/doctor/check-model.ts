import { failureOf } from '../failure.ts'
import { chooseModel } from '../model/model-choice.ts'
import type { Settings } from '../settings.ts'
import type { Check } from './check.ts'

/** Loads it, which is the only way to know that it can be. */
export async function checkModel(settings: Settings): Promise<Check[]> {
  try {
    const choice = await chooseModel(settings)
    const extractor = await choice.load({ workers: 1 })
    const { id } = extractor.space
    await extractor.close()
    return [{ name: 'model', ok: true, found: `${id} in ${choice.path}`, advice: null }]
  } catch (error) {
    // The message ends with what to do.
    const { message } = failureOf(error, undefined)
    const [, found, advice] = /^(.*?[.)]) (.*)$/s.exec(message) ?? [undefined, message, null]
    return [{ name: 'model', ok: false, found: found!, advice: advice ?? null }]
  }
}
