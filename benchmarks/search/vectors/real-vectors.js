import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The real vectors, one behind the other; where they are, COCO_VECTORS says. They are not in the repository. */
export function realVectors() {
  const folder = process.env.COCO_VECTORS ?? resolve(root, '../shared/data/coco-val2017-mask-rcnn')
  const bytes = readFileSync(resolve(folder, 'vectors.f32'))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
