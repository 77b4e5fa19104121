import { RecommenderError } from '../errors.ts'
import type { ModelFile } from '../onnx-extractor/model/model-file.ts'
import { type PullModelOptions, pullModel as pullModelFile } from '../onnx-extractor/pull/pull-model.ts'
import { KNOWN_MODELS, type KnownModelName, knownModel } from './models.ts'

/**
 * Brings a model into the cache: the only function of this package that opens the network. A file that is there and whole
 * is left alone, without a look at the network. What an earlier attempt left is continued. The file appears under its name
 * only when its size and SHA-256 are right; processes that pull at once do not harm each other.
 *
 * @param model the name of a known model, or a file of your own
 * @returns the path of the file; a known model is then found by name, too
 * @throws RecommenderError
 * `MODEL_UNAVAILABLE`: no network, no such address, or nothing came for some seconds; what has come so far is kept
 * `MODEL_CORRUPT`: what came is not the file it should be; it is deleted
 * `ABORTED`, `INVALID_ARGUMENT`
 */
export async function pullModel(model: KnownModelName | ModelFile, options: PullModelOptions = {}): Promise<string> {
  return await pullModelFile(typeof model === 'string' ? knownFile(model) : model, options)
}

function knownFile(name: string): ModelFile {
  const known = knownModel(name)
  if (known !== undefined) return known
  const names = Object.keys(KNOWN_MODELS).join(', ')
  throw new RecommenderError('INVALID_ARGUMENT', `model is "${name}", which is not known. Known are: ${names}.`)
}
