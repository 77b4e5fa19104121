/** The entry `@image-recommender/core/mask-rcnn`, but that every model is the demo's. */

import { contract, model } from '../../examples/quickstart/demo.js'
import { createMaskRcnnExtractor as create } from '../../packages/core/dist/mask-rcnn.js'

export const pullModel = async () => model

export const createMaskRcnnExtractor = (options) => create({ ...options, contract })
