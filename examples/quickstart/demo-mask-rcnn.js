/** The entry `@image-recommender/core/mask-rcnn`, but that every model is the demo's: nothing is fetched, and only drawn scenes are known. */
import { createMaskRcnnExtractor as create } from '@image-recommender/core/mask-rcnn'
import { contract, model } from './demo.js'

export const pullModel = async () => model

export const createMaskRcnnExtractor = (options) => create({ ...options, contract })
