import { COCO_AXES, type CocoAxis, type FeatureSpace } from '@image-recommender/core'

/**
 * The space of the vectors that the original Flask service wrote: COCO's axes, the background first, with the best score of
 * each class as its Mask R-CNN (ResNet-101, COCO weights, 1024 pixels, cut off at 0.7) found it. No other network gives quite
 * these scores: images that another one describes are of another space.
 */
export const ORIGINAL_SPACE: FeatureSpace<CocoAxis> = {
  id: 'original/mask-rcnn-r101-coco/1024',
  axes: COCO_AXES,
  threshold: 0.7,
}
