import { z } from 'zod'
import type { CocoAxis } from '../../coco.ts'
import type { ModelContract } from './model-contract.ts'
import { ZOO_CONTRACT } from './zoo-contract.ts'

/** A file that can be downloaded and recognised again. */
export interface ModelFile {
  /** What the file is called in the cache, without `.onnx`: letters, digits, `.`, `_`, `-`. */
  readonly name: string
  readonly url: string
  readonly bytes: number
  /** Hexadecimal, lower case. */
  readonly sha256: string
}

export interface KnownModel extends ModelFile {
  /** SPDX identifier, as the model's publisher states it. */
  readonly licence: string
  readonly contract: ModelContract<CocoAxis>
}

export type KnownModelName = 'mask-rcnn-r50-fpn-12' | 'mask-rcnn-r50-fpn-12-int8' | 'mask-rcnn-r50-fpn-12-qdq'

export const modelFileSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be 1 to 100 letters, digits, ".", "_" or "-"'),
  url: z.url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' }),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case'),
})

const ZOO = 'https://github.com/onnx/models/raw/main/validated/vision/object_detection_segmentation/mask-rcnn/model'

/** The README of the model in the zoo says: MIT. */
const zooModel = { licence: 'MIT', contract: ZOO_CONTRACT }

/**
 * The models that `pullModel` and `createMaskRcnnExtractor` know by name: Mask R-CNN R-50-FPN of the ONNX Model Zoo in
 * float32 (COCO box mAP 0.337) and in two int8 forms (0.331, 0.333; about twice as fast on four cores, by the zoo's own
 * figures). Their vectors are of different spaces.
 */
export const KNOWN_MODELS: Readonly<Record<KnownModelName, KnownModel>> = {
  'mask-rcnn-r50-fpn-12': {
    ...zooModel,
    name: 'mask-rcnn-r50-fpn-12',
    url: `${ZOO}/MaskRCNN-12.onnx`,
    bytes: 177_970_010,
    sha256: '5bf940c124d9117f6fae350c4e0d46df180cbb01981832b35fdbed148078b946',
  },
  'mask-rcnn-r50-fpn-12-int8': {
    ...zooModel,
    name: 'mask-rcnn-r50-fpn-12-int8',
    url: `${ZOO}/MaskRCNN-12-int8.onnx`,
    bytes: 45_769_352,
    sha256: '4409935e855719fd6cd986f7ec2a3de840d0bd9c9cf7a0cba84ce95377f5b476',
  },
  'mask-rcnn-r50-fpn-12-qdq': {
    ...zooModel,
    name: 'mask-rcnn-r50-fpn-12-qdq',
    url: `${ZOO}/MaskRCNN-12-qdq.onnx`,
    bytes: 45_676_737,
    sha256: 'd6fe3a9f49c3009d745b388c09c06ec3b332d942ba456053411a1f1bff22af9c',
  },
}

export function knownModel(name: string): KnownModel | undefined {
  return Object.hasOwn(KNOWN_MODELS, name) ? KNOWN_MODELS[name as KnownModelName] : undefined
}
