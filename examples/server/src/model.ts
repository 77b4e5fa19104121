import { readFile } from 'node:fs/promises'
import { type FeatureExtractor, RecommenderError } from '@image-recommender/core'
import {
  createMaskRcnnExtractor,
  KNOWN_MODELS,
  type KnownModelName,
  type ModelContract,
  pullModel,
} from '@image-recommender/core/mask-rcnn'
import { messageOf, StartError, systemCode } from '@image-recommender/server/service'
import { demoContract, demoModel } from './places.ts'
import type { Screen } from './screen.ts'
import type { Settings } from './settings.ts'

export interface Model {
  readonly extractor: FeatureExtractor
  readonly name: string
  /** What whoever uses it should know, in one line. */
  readonly notice: string | undefined
}

export const REAL_MODEL = 'mask-rcnn-r50-fpn-12-int8'

type ModelSettings = Pick<Settings, 'MODEL' | 'CONTRACT' | 'MODEL_CACHE' | 'WORKERS' | 'MAX_UPLOAD_MB' | 'MAX_PIXELS'>

/**
 * The model that the settings name: `demo`, the small one that comes with the repository and was trained on drawings; a known one, brought from
 * the network the first time, and kept; or the path of an .onnx file.
 *
 * @param usual what it is where the settings name none
 * @throws StartError where it cannot be had; what has come of it so far is kept for the next time
 */
export async function openModel(
  { MODEL, CONTRACT, MODEL_CACHE, WORKERS, MAX_UPLOAD_MB, MAX_PIXELS }: ModelSettings,
  usual: string,
  { screen, signal }: { readonly screen: Screen; readonly signal: AbortSignal },
): Promise<Model> {
  const given = MODEL ?? usual
  const isDemo = given === 'demo'
  try {
    if (isKnown(given)) await pull(given, MODEL_CACHE, screen, signal)
    const contractFile = isDemo ? demoContract : CONTRACT
    const contract = contractFile === undefined ? undefined : await readContract(contractFile)
    const extractor = await createMaskRcnnExtractor<string>({
      model: isDemo ? demoModel : given,
      contract,
      cacheFolder: MODEL_CACHE,
      workers: WORKERS,
      maxBytes: MAX_UPLOAD_MB * 1024 * 1024,
      maxPixels: MAX_PIXELS,
    })
    const notice = isDemo
      ? 'The demo model knows drawn scenes, not photographs. For those: `npm start -- --photos FOLDER`'
      : undefined
    return { extractor, name: contract?.name ?? given, notice }
  } catch (error) {
    if (RecommenderError.is(error) && error.code !== 'ABORTED') throw new StartError(error.message)
    throw error
  }
}

function isKnown(name: string): name is KnownModelName {
  return Object.hasOwn(KNOWN_MODELS, name)
}

async function pull(name: KnownModelName, cacheFolder: string | undefined, screen: Screen, signal: AbortSignal) {
  const progress = screen.progress('Model')
  try {
    await pullModel(name, {
      cacheFolder,
      signal,
      onProgress: ({ received, total }) => progress.update(megabytes(received), megabytes(total), 'MB'),
    })
  } finally {
    progress.end()
  }
}

async function readContract(path: string): Promise<ModelContract> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const reason = systemCode(error) ?? messageOf(error)
    throw new StartError(`CONTRACT is ${JSON.stringify(path)}, which cannot be read (${reason}). See docs/models.md.`)
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6)
