import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { CocoAxis } from '../../src/coco.ts'
import type { ModelContract } from '../../src/mask-rcnn/index.ts'

const folder = new URL('../../../../tools/demo-model/', import.meta.url)

export const demoModel = new URL('model/demo-mask-rcnn.onnx', folder)

export const demoContract = JSON.parse(
  readFileSync(new URL('model/contract.json', folder), 'utf8'),
) as ModelContract<CocoAxis>

/** A picture of the gallery by its name. */
export function scene(name: string): Promise<Buffer> {
  return readFile(new URL(`gallery/${name}.webp`, folder))
}

/** What is in the pictures of the gallery, as they were composed. */
export function galleryText(): string {
  return readFileSync(new URL('gallery/gallery.json', folder), 'utf8')
}
