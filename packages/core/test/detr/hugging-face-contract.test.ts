import { describe, expect, it } from 'vitest'
import { axesOf, detrContractSchema } from '../../src/detr/detr-contract.ts'
import { type HuggingFaceFiles, huggingFaceContract } from '../../src/detr/index.ts'

const MEAN = [0.485, 0.456, 0.406]
const STD = [0.229, 0.224, 0.225]

/** Shortened, but with the fields as such files have them. */
const dFine: HuggingFaceFiles = {
  name: 'dfine-s',
  config: { model_type: 'd_fine', id2label: { 0: 'person', 1: 'bicycle', 2: 'car' }, label2id: {}, num_queries: 300 },
  preprocessorConfig: {
    do_convert_annotations: true,
    do_normalize: false,
    do_pad: false,
    do_rescale: true,
    do_resize: true,
    format: 'coco_detection',
    image_mean: MEAN,
    image_processor_type: 'RTDetrImageProcessor',
    image_std: STD,
    pad_size: null,
    resample: 2,
    rescale_factor: 0.00392156862745098,
    size: { height: 640, width: 480 },
  },
}
const detr: HuggingFaceFiles = {
  name: 'detr-r50',
  config: { model_type: 'detr', id2label: { 0: 'N/A', 1: 'person', 2: 'N/A', 3: 'car' } },
  preprocessorConfig: {
    do_normalize: true,
    do_resize: true,
    image_mean: MEAN,
    image_std: STD,
    size: { shortest_edge: 800, longest_edge: 1333 },
  },
}
const changed = (files: HuggingFaceFiles, config: object, preprocessor: object = {}, more: object = {}) => ({
  ...files,
  config: { ...(files.config as object), ...config },
  preprocessorConfig: { ...(files.preprocessorConfig as object), ...preprocessor },
  ...more,
})

describe('huggingFaceContract', () => {
  it('of D-FINE and RT-DETR: sigmoid, stretched, 0..1', () => {
    for (const type of ['d_fine', 'rt_detr', 'rt_detr_v2'])
      expect(huggingFaceContract(changed(dFine, { model_type: type }))).toEqual({
        name: 'dfine-s',
        labels: ['person', 'bicycle', 'car'],
        scores: 'sigmoid',
        input: {
          name: 'pixel_values',
          channels: 'RGB',
          divisor: 255,
          mean: [0, 0, 0],
          std: [1, 1, 1],
          size: { fit: 'stretch', width: 480, height: 640 },
        },
        outputs: { logits: 'logits', boxes: 'pred_boxes' },
      })
  })

  it('of DETR: softmax, a column more for "no object", gaps dropped, proportions kept', () => {
    const contract = huggingFaceContract(detr)
    expect(contract).toMatchObject({
      labels: [null, 'person', null, 'car', null],
      scores: 'softmax',
      input: { divisor: 255, mean: MEAN, std: STD, size: { fit: 'scale', shortSide: 800, longSide: 1333 } },
    })
    expect(axesOf(contract)).toEqual(['BG', 'person', 'car'])
  })

  it('is a contract, and comes back from JSON as it was', () => {
    for (const files of [dFine, detr]) {
      const contract = huggingFaceContract(files)
      expect(detrContractSchema.parse(JSON.parse(JSON.stringify(contract)))).toEqual(contract)
    }
  })

  it('leaves values 0..255 where they are not rescaled, and rescales by other factors', () => {
    expect(huggingFaceContract(changed(dFine, {}, { do_rescale: false })).input.divisor).toBe(1)
    expect(huggingFaceContract(changed(dFine, {}, { rescale_factor: 0.8 })).input.divisor).toBe(1.25)
  })

  it('asks how logits become scores where it does not know', () => {
    const own = changed(dFine, { model_type: 'my_detr' })
    expect(() => huggingFaceContract(own)).toThrow(/model_type is "my_detr".*Give "scores"/)
    expect(huggingFaceContract({ ...own, scores: 'softmax' }).labels).toEqual(['person', 'bicycle', 'car', null])
    const noFocalLoss = changed(dFine, { model_type: 'rt_detr', use_focal_loss: false })
    expect(() => huggingFaceContract(noFocalLoss)).toThrow(/use_focal_loss is false/)
  })

  it.each<[string, HuggingFaceFiles, RegExp]>([
    ['no labels', changed(dFine, { id2label: undefined }), /config\.id2label/],
    ['a gap in the ids', changed(dFine, { id2label: { 0: 'a', 2: 'b' } }), /none for 1/],
    ['only the background', changed(dFine, { id2label: { 0: 'BG' } }), /background/],
    ['no word on normalising', changed(dFine, {}, { do_normalize: undefined }), /do_normalize.*must be there/],
    ['normalising by what is missing', changed(detr, {}, { image_std: undefined }), /image_std is missing/],
    ['images that are not resized', changed(dFine, {}, { do_resize: false }), /do_resize.*must be true/],
    ['padding', changed(dFine, {}, { pad_size: { height: 640, width: 640 } }), /pad_size.*must be null/],
    ['a size of another kind', changed(dFine, {}, { size: { max_height: 640, max_width: 640 } }), /size/],
    ['a name that would break the space id', { ...dFine, name: 'a/b' }, /name: must be 1 to 64/],
  ])('refuses %s', (_, files, message) => {
    expect(() => huggingFaceContract(files)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }),
    )
  })
})
