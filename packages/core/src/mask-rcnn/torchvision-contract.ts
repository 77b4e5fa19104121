import { COCO_AXES, type CocoAxis } from '../coco.ts'
import type { ModelContract } from './model-contract.ts'

/** The category ids of COCO 1..90 that no annotation ever used, and 0, the background. */
const UNUSED_IDS = new Set([0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83])

function labelsWithGaps(): (CocoAxis | null)[] {
  const classes = COCO_AXES.slice(1).values()
  return Array.from({ length: 91 }, (_, id) => (UNUSED_IDS.has(id) ? null : classes.next().value!))
}

/**
 * `torchvision.models.detection.maskrcnn_resnet50_fpn` as `torch.onnx.export` writes it when it is given a list of one
 * `[3, H, W]` image and these names, which are those of torchvision's own test/test_onnx.py:
 *
 *     input_names=['images_tensors'], output_names=['boxes', 'labels', 'scores', 'masks'],
 *     dynamic_axes={'images_tensors': [0, 1, 2], 'boxes': [0, 1], 'labels': [0], 'scores': [0], 'masks': [0, 1, 2]}
 *
 * The graph takes RGB 0..1; it subtracts means, resizes to 800 / 1333 (hence the same sides here: its own resizing then
 * changes nothing) and pads by itself. Boxes come back in pixels of the input, masks pasted into its size: with the option
 * `masks` and up to 100 detections these are hundreds of megabytes for each image, so export with a small
 * `box_detections_per_img`. Labels are COCO's category ids, with gaps.
 *
 * Run with an export of torchvision 0.14 whose weights are random (benchmarks/models/make_full_size.py), never with trained
 * ones: that labels mean what they say follows from the public documentation and tests of torchvision.
 */
export const TORCHVISION_CONTRACT: ModelContract<CocoAxis> = {
  name: 'torchvision-maskrcnn-resnet50-fpn',
  axes: COCO_AXES,
  labels: labelsWithGaps(),
  input: {
    name: 'images_tensors',
    batch: false,
    channels: 'RGB',
    divisor: 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    shortSide: 800,
    longSide: 1333,
    multipleOf: 1,
  },
  outputs: { boxes: 'boxes', labels: 'labels', scores: 'scores', masks: 'masks' },
}
