import { describedObjects } from '../onnx-extractor/image/described-objects.ts'
import { outputValues } from '../onnx-extractor/model/output-values.ts'
import type { ModelFamily } from '../onnx-extractor/model-family.ts'
import { detections } from './detections.ts'
import { axesOf, type DetrContract } from './detr-contract.ts'

export interface DetrSettings {
  readonly contract: DetrContract
  readonly threshold: number
}

export function detrFamily({ contract, threshold }: DetrSettings): ModelFamily {
  const { name, labels, scores, input } = contract
  const axes = axesOf(contract)
  const axisOfColumn = labels.map((label) => (label === null ? 0 : axes.indexOf(label)))
  const { size } = input
  const [height, width] = size.fit === 'stretch' ? [size.height, size.width] : [null, null]
  const logits = { name: contract.outputs.logits, dims: [1, null, labels.length] }
  const boxes = { name: contract.outputs.boxes, dims: [1, null, 4] }
  return {
    name,
    input: { name: input.name, dims: [1, 3, height, width], pixels: input, framing: size },
    outputs: [logits, boxes],
    describe(image, outputs) {
      const found = outputValues(outputs, logits)
      const result = { logits: found, boxes: outputValues(outputs, { ...boxes, dims: [1, found.dims[1]!, 4] }) }
      return describedObjects(image, detections(result, scores, axisOfColumn, image.scaled), { axes, threshold })
    },
  }
}
