import { readFile } from 'node:fs/promises'
import { type FeatureExtractor, RecommenderError } from '@image-recommender/core'
import { createMaskRcnnExtractor, type ModelContract, pullModel } from '@image-recommender/core/mask-rcnn'
import { StartError } from '@image-recommender/server/service'
import { demoContract, demoModel } from './places.ts'
import type { Screen } from './screen.ts'

export interface Model {
  readonly extractor: FeatureExtractor
  readonly name: string
  /** What whoever uses it should know, in one line. */
  readonly notice: string | undefined
}

const REAL_MODEL = 'mask-rcnn-r50-fpn-12-int8'

/** The small model that comes with the repository, trained on drawings. */
export async function openDemoModel(): Promise<Model> {
  const contract: ModelContract = JSON.parse(await readFile(demoContract, 'utf8'))
  return {
    extractor: await createMaskRcnnExtractor({ model: demoModel, contract }),
    name: contract.name,
    notice: 'The demo model knows drawn scenes, not photographs. For those: `npm start -- --photos FOLDER`',
  }
}

/**
 * The real model; brought from the network the first time, and kept.
 *
 * @throws StartError where it cannot be brought; what has come so far is kept for the next time
 */
export async function openRealModel(screen: Screen, signal: AbortSignal): Promise<Model> {
  const progress = screen.progress('Model')
  try {
    await pullModel(REAL_MODEL, {
      signal,
      onProgress: ({ received, total }) => progress.update(megabytes(received), megabytes(total), 'MB'),
    })
    return { extractor: await createMaskRcnnExtractor({ model: REAL_MODEL }), name: REAL_MODEL, notice: undefined }
  } catch (error) {
    if (RecommenderError.is(error) && error.code !== 'ABORTED') throw new StartError(error.message)
    throw error
  } finally {
    progress.end()
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6)
