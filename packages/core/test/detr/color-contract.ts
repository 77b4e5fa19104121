import type { DetrContract } from '../../src/detr/index.ts'

/** The contract of `colorDetector(5, 3)`. */
export const colorContract = {
  name: 'colors',
  labels: ['red', 'green', 'blue'],
  scores: 'sigmoid',
  input: {
    ...{ name: 'pixel_values', channels: 'RGB', divisor: 255, mean: [0, 0, 0], std: [1, 1, 1] },
    size: { fit: 'stretch', width: 64, height: 64 },
  },
  outputs: { logits: 'logits', boxes: 'pred_boxes' },
} satisfies DetrContract
