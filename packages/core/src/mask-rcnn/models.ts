import type { CocoAxis } from '../coco.ts'
import type { ModelFile } from '../onnx-extractor/model/model-file.ts'
import type { ModelContract } from './model-contract.ts'
import { ZOO_CONTRACT } from './zoo-contract.ts'
import { ZOO_FASTER_CONTRACT } from './zoo-faster-contract.ts'

export interface KnownModel extends ModelFile {
  /** SPDX identifier, as the model's publisher states it. */
  readonly licence: string
  readonly contract: ModelContract<CocoAxis>
}

export type KnownModelName =
  | 'mask-rcnn-r50-fpn-12'
  | 'mask-rcnn-r50-fpn-12-int8'
  | 'mask-rcnn-r50-fpn-12-qdq'
  | 'faster-rcnn-r50-fpn-12'
  | 'faster-rcnn-r50-fpn-12-int8'
  | 'faster-rcnn-r50-fpn-12-qdq'

const ZOO = 'https://github.com/onnx/models/raw/main/validated/vision/object_detection_segmentation'

/** The README of each model in the zoo says: MIT. */
const licence = 'MIT'
const maskRcnn = { licence, contract: ZOO_CONTRACT }
const fasterRcnn = { licence, contract: ZOO_FASTER_CONTRACT }

/**
 * The models that `pullModel` and `createMaskRcnnExtractor` know by name: Mask R-CNN and Faster R-CNN R-50-FPN of the ONNX
 * Model Zoo, each in float32 (COCO box mAP 0.337 and 0.344) and in two int8 forms (0.331 and 0.333; 0.341 and 0.339), which
 * are faster by the zoo's own figures (docs/models.md). Vectors of two of them are of different spaces.
 *
 * Sizes and checksums are those of the Git LFS pointers in github.com/onnx/models, and the same in its
 * ONNX_HUB_MANIFEST.json.
 */
export const KNOWN_MODELS: Readonly<Record<KnownModelName, KnownModel>> = {
  'mask-rcnn-r50-fpn-12': {
    ...maskRcnn,
    name: 'mask-rcnn-r50-fpn-12',
    url: `${ZOO}/mask-rcnn/model/MaskRCNN-12.onnx`,
    bytes: 177_970_010,
    sha256: '5bf940c124d9117f6fae350c4e0d46df180cbb01981832b35fdbed148078b946',
  },
  'mask-rcnn-r50-fpn-12-int8': {
    ...maskRcnn,
    name: 'mask-rcnn-r50-fpn-12-int8',
    url: `${ZOO}/mask-rcnn/model/MaskRCNN-12-int8.onnx`,
    bytes: 45_769_352,
    sha256: '4409935e855719fd6cd986f7ec2a3de840d0bd9c9cf7a0cba84ce95377f5b476',
  },
  'mask-rcnn-r50-fpn-12-qdq': {
    ...maskRcnn,
    name: 'mask-rcnn-r50-fpn-12-qdq',
    url: `${ZOO}/mask-rcnn/model/MaskRCNN-12-qdq.onnx`,
    bytes: 45_676_737,
    sha256: 'd6fe3a9f49c3009d745b388c09c06ec3b332d942ba456053411a1f1bff22af9c',
  },
  'faster-rcnn-r50-fpn-12': {
    ...fasterRcnn,
    name: 'faster-rcnn-r50-fpn-12',
    url: `${ZOO}/faster-rcnn/model/FasterRCNN-12.onnx`,
    bytes: 176_713_194,
    sha256: '789104f5a47f008450a37e02da8a8d3642766ed10d91238312b1532fe72789a6',
  },
  'faster-rcnn-r50-fpn-12-int8': {
    ...fasterRcnn,
    name: 'faster-rcnn-r50-fpn-12-int8',
    url: `${ZOO}/faster-rcnn/model/FasterRCNN-12-int8.onnx`,
    bytes: 44_631_113,
    sha256: '95f67f5f6249f4804f1302367dd88cee32bf47713b9858cc6d8ba835548f9b8e',
  },
  'faster-rcnn-r50-fpn-12-qdq': {
    ...fasterRcnn,
    name: 'faster-rcnn-r50-fpn-12-qdq',
    url: `${ZOO}/faster-rcnn/model/FasterRCNN-12-qdq.onnx`,
    bytes: 44_525_748,
    sha256: '7b8b530b50b2fa9737625f2bbf454c439e9156c94d44e22602946d019f105f1c',
  },
}

export function knownModel(name: string): KnownModel | undefined {
  return Object.hasOwn(KNOWN_MODELS, name) ? KNOWN_MODELS[name as KnownModelName] : undefined
}
