import { describedObjects } from '../onnx-extractor/image/described-objects.ts'
import type { Framing } from '../onnx-extractor/image/framing.ts'
import type { ModelFamily } from '../onnx-extractor/model-family.ts'
import { detections } from './detections.ts'
import type { ModelContract, ModelInput } from './model-contract.ts'

export interface MaskRcnnSettings {
  readonly contract: ModelContract
  readonly threshold: number
}

export function maskRcnnFamily({ contract, threshold }: MaskRcnnSettings): ModelFamily {
  const { input, outputs } = contract
  return {
    name: contract.name,
    input: {
      name: input.name,
      dims: input.batch ? [1, 3, null, null] : [3, null, null],
      pixels: input,
      framing: inputFraming(input),
    },
    // The number of detections is found by the model, so that shapes are looked at when they are there.
    outputs: Object.values(outputs)
      .filter((name) => name !== null)
      .map((name) => ({ name, dims: null })),
    describe(image, result, input) {
      const named = {
        boxes: result[outputs.boxes]!,
        labels: result[outputs.labels]!,
        scores: result[outputs.scores]!,
        masks: outputs.masks === null ? null : result[outputs.masks]!,
      }
      return describedObjects(image, detections(named, contract, image.scaled, input), {
        axes: contract.axes,
        threshold,
      })
    },
  }
}

export function inputFraming({ shortSide, longSide, multipleOf }: ModelInput): Framing {
  return { fit: 'pad', shortSide, longSide, multipleOf }
}
