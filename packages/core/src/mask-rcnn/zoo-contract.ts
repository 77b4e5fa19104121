import { COCO_AXES, type CocoAxis } from '../coco.ts'
import type { ModelContract } from './model-contract.ts'

/**
 * Mask R-CNN R-50-FPN of the ONNX Model Zoo, in all its precisions; the eight hexadecimal digits in `space.id` tell them
 * apart. Source: the README of `validated/vision/object_detection_segmentation/mask-rcnn` in github.com/onnx/models.
 * The means are those of maskrcnn-benchmark, for blue, green, red.
 *
 * Never run here with the zoo's own weights: a small model of the same contract stands in for them in the tests.
 */
export const ZOO_CONTRACT: ModelContract<CocoAxis> = {
  name: 'mask-rcnn-r50-fpn-12',
  axes: COCO_AXES,
  labels: [null, ...COCO_AXES.slice(1)],
  input: {
    name: 'image',
    batch: false,
    channels: 'BGR',
    divisor: 1,
    mean: [102.9801, 115.9465, 122.7717],
    std: [1, 1, 1],
    shortSide: 800,
    longSide: 1333,
    multipleOf: 32,
  },
  outputs: { boxes: '6568', labels: '6570', scores: '6572', masks: '6887' },
}
