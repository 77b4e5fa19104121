/** What the quickstart runs on without a network: the demo's model, which knows drawn scenes only, and its gallery. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const demo = new URL('../../tools/demo-model/', import.meta.url)

export const model = fileURLToPath(new URL('model/demo-mask-rcnn.onnx', demo))
export const contract = JSON.parse(readFileSync(new URL('model/contract.json', demo), 'utf8'))
export const photos = fileURLToPath(new URL('gallery/', demo))
