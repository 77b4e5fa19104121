import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EmbeddingContract } from '../../src/embedding/index.ts'

const folder = new URL('../../../../tools/demo-model/', import.meta.url)

/** The backbone of the demo's detector, as an encoder. */
export const demoEncoder = {
  model: fileURLToPath(new URL('model/demo-encoder.onnx', folder)),
  contract: JSON.parse(readFileSync(new URL('model/encoder-contract.json', folder), 'utf8')) as EmbeddingContract,
}

/** The theme of each picture of the gallery, by its name. */
export const themes = new Map(
  (JSON.parse(readFileSync(new URL('gallery/gallery.json', folder), 'utf8')) as { name: string; theme: string }[]).map(
    ({ name, theme }) => [name, theme] as const,
  ),
)
