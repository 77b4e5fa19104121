import { fileURLToPath } from 'node:url'

// Built, everything is in dist/main.js; this file lies as deep, so that the same paths hold for both.
const place = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export const repositoryFolder = place('../../../')
export const demoGallery = place('../../../tools/demo-model/gallery/')
export const demoModel = place('../../../tools/demo-model/model/demo-mask-rcnn.onnx')
export const demoContract = place('../../../tools/demo-model/model/contract.json')
