import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { FeatureExtractor, FeatureSpace } from '@image-recommender/core'
import {
  createMaskRcnnExtractor,
  KNOWN_MODELS,
  type KnownModel,
  type KnownModelName,
  modelCacheFolder,
  ZOO_CONTRACT,
} from '@image-recommender/core/mask-rcnn'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-code.ts'
import type { Settings } from '../settings.ts'
import { readContract } from './contract-file.ts'

/** The model that the settings name, not loaded yet. */
export interface ModelChoice {
  readonly known: KnownModel | undefined
  readonly path: string
  /**
   * The space of its vectors, without sharp and onnxruntime; of a known model without the file, too. Enough for whoever describes nothing.
   */
  space(): Promise<FeatureSpace>
  /** Loads it. @throws CommandError `MODEL_UNAVAILABLE` @throws RecommenderError */
  load(options?: {
    readonly workers?: number | undefined
    readonly threads?: number | undefined
  }): Promise<FeatureExtractor>
}

/** What the extractor's threshold is where nobody gives one. */
const THRESHOLD = 0.7

export async function chooseModel({ model, contract: file, modelCache }: Settings): Promise<ModelChoice> {
  const known = knownModel(model)
  const given = await readContract(file)
  const contract = given ?? known?.contract ?? ZOO_CONTRACT
  const path = known ? cachedPath(known.name, modelCache) : resolve(model)

  async function requireFile(): Promise<void> {
    if ((await stat(path).catch(() => undefined))?.isFile()) return
    const message = known
      ? `The model ${known.name} is not in the cache. Bring it with: image-recommender models pull ${known.name}`
      : `There is no model file ${path}. Give the path of an .onnx file, or a name that \`image-recommender models\` lists.`
    throw new CommandError('MODEL_UNAVAILABLE', message, { exitCode: exitCodes.unavailable })
  }

  return {
    known,
    path,
    async space() {
      if (!known) await requireFile()
      // As `createMaskRcnnExtractor` makes it, by its documentation.
      const id = `${contract.name}/${(known?.sha256 ?? (await sha256Of(path))).slice(0, 8)}/${contract.input.shortSide}`
      return { id, axes: contract.axes, threshold: THRESHOLD }
    },
    async load({ workers, threads } = {}) {
      await requireFile()
      return createMaskRcnnExtractor<string>({
        model: known?.name ?? path,
        contract: given,
        threshold: THRESHOLD,
        cacheFolder: modelCache,
        workers,
        threads,
      })
    },
  }
}

export function knownModel(name: string): KnownModel | undefined {
  return Object.hasOwn(KNOWN_MODELS, name) ? KNOWN_MODELS[name as KnownModelName] : undefined
}

export function cachedPath(name: string, cacheFolder: string | undefined): string {
  return join(resolve(cacheFolder ?? modelCacheFolder()), `${name}.onnx`)
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
