import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { CocoAxis } from '../../src/coco.ts'
import type { ModelContract } from '../../src/mask-rcnn/index.ts'

const folder = new URL('../../../../tools/demo-model/', import.meta.url)

export const demoModel = new URL('model/demo-mask-rcnn.onnx', folder)

export const demoContract = JSON.parse(
  readFileSync(new URL('model/contract.json', folder), 'utf8'),
) as ModelContract<CocoAxis>

export interface GalleryEntry {
  readonly name: string
  readonly width: number
  readonly height: number
  /** As they were composed; boxes are left, top, width, height in pixels. */
  readonly objects: readonly { readonly label: string; readonly box: readonly [number, number, number, number] }[]
}

export const gallery = JSON.parse(readFileSync(new URL('gallery/gallery.json', folder), 'utf8')) as GalleryEntry[]

/** A picture of the gallery by its place in it. */
export function scene(at: number): Promise<Buffer> {
  return picture(gallery[at]!.name)
}

export function picture(name: string): Promise<Buffer> {
  return readFile(new URL(`gallery/${name}`, folder))
}
