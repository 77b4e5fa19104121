/**
 * What the examples run on without a network: the demo's gallery, its detector, which knows drawn scenes only, and its encoder, for
 * embeddings.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const demo = new URL('../../tools/demo-model/', import.meta.url)
/** @param {string} path */
const contractAt = (path) => JSON.parse(readFileSync(new URL(path, demo), 'utf8'))

export const model = fileURLToPath(new URL('model/demo-mask-rcnn.onnx', demo))
export const contract = contractAt('model/contract.json')
export const encoder = {
  model: fileURLToPath(new URL('model/demo-encoder.onnx', demo)),
  contract: contractAt('model/encoder-contract.json'),
}
export const photos = fileURLToPath(new URL('gallery/', demo))
