import type { CocoAxis } from '../coco.ts'
import type { ModelContract } from './model-contract.ts'
import { ZOO_CONTRACT } from './zoo-contract.ts'

/**
 * Faster R-CNN R-50-FPN of the ONNX Model Zoo, in all its precisions: the Mask R-CNN without the mask head, trained by
 * itself. Source: the README of `validated/vision/object_detection_segmentation/faster-rcnn` in github.com/onnx/models; the
 * names of the outputs are those of its ONNX_HUB_MANIFEST.json.
 *
 * Never run here with the zoo's own weights, which could not be downloaded where this was written.
 */
export const ZOO_FASTER_CONTRACT: ModelContract<CocoAxis> = {
  ...ZOO_CONTRACT,
  name: 'faster-rcnn-r50-fpn-12',
  outputs: { boxes: '6379', labels: '6381', scores: '6383', masks: null },
}
