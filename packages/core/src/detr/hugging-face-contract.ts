import { z } from 'zod'
import { RecommenderError } from '../errors.ts'
import type { ScaledSize, StretchedSize } from '../onnx-extractor/image/input-size.ts'
import { parse } from '../parse.ts'
import { type DetrContract, detrContractSchema } from './detr-contract.ts'

export interface HuggingFaceFiles {
  /** What the contract is to be called, see `DetrContract`. */
  readonly name: string
  /** `config.json` of the model, as `JSON.parse` gives it: of it, `id2label` and `model_type` are read. */
  readonly config: unknown
  /** `preprocessor_config.json`, as `JSON.parse` gives it: sizes, `rescale_factor`, `image_mean`, `image_std`. */
  readonly preprocessorConfig: unknown
  /** How logits become scores. Default: as all models of that `model_type` do; asked for where it is not known. */
  readonly scores?: DetrContract['scores'] | undefined
}

/**
 * The kinds of models whose scores are known, by the `post_process_object_detection` of each in Hugging Face's Transformers. Those by
 * softmax have a column more than labels, the last one, for "no object".
 */
const SCORES: Readonly<Record<string, DetrContract['scores']>> = {
  detr: 'softmax',
  yolos: 'softmax',
  'table-transformer': 'softmax',
  conditional_detr: 'sigmoid',
  deformable_detr: 'sigmoid',
  d_fine: 'sigmoid',
  rt_detr: 'sigmoid',
  rt_detr_v2: 'sigmoid',
}

/** Gaps in the ids of COCO, as the labels of DETR have them. */
const NO_LABEL = 'N/A'

const positive = z.number().positive()
const triple = z.tuple([z.number(), z.number(), z.number()])

const filesSchema = z.strictObject({
  name: z.string(),
  config: z.looseObject({
    model_type: z.string().optional(),
    use_focal_loss: z.boolean().optional(),
    id2label: z.record(z.string(), z.string().min(1)),
  }),
  preprocessorConfig: z.looseObject({
    do_resize: z.literal(true, 'must be true: the extractor has to bring images into one size').default(true),
    size: z.union([
      z.strictObject({ height: z.int(), width: z.int() }),
      z.strictObject({ shortest_edge: z.int(), longest_edge: z.int() }),
    ]),
    pad_size: z.null('must be null: images are not padded').optional(),
    do_rescale: z.boolean().default(true),
    rescale_factor: positive.default(1 / 255),
    do_normalize: z.boolean('must be there: kinds of models differ in what it is without'),
    image_mean: triple.optional(),
    image_std: z.tuple([positive, positive, positive]).optional(),
  }),
  scores: z.enum(['sigmoid', 'softmax']).optional(),
})

/**
 * The contract of an object detector that was exported to ONNX from Hugging Face's Transformers (by Optimum, or as the
 * `onnx-community` publishes them): input `pixel_values`, outputs `logits` and `pred_boxes`, names and sizes by the two JSON files
 * beside it. Labels called `N/A` are dropped. The result is a plain object: what an export has otherwise can be
 * changed in a copy.
 *
 * @throws RecommenderError `INVALID_ARGUMENT`, naming what is missing or is of a kind that is not supported
 */
export function huggingFaceContract(files: HuggingFaceFiles): DetrContract {
  const { name, config, preprocessorConfig, scores: given } = parse(filesSchema, files, 'files')
  const scores = given ?? knownScores(config)
  const labels = labelsOf(config.id2label)
  const { do_rescale, rescale_factor, do_normalize, image_mean, image_std, size } = preprocessorConfig
  if (do_normalize && (image_mean === undefined || image_std === undefined))
    throw invalid('files: preprocessorConfig.do_normalize is true, but image_mean or image_std is missing. Add them.')
  const contract: DetrContract = {
    name,
    labels: scores === 'softmax' ? [...labels, null] : labels,
    scores,
    input: {
      name: 'pixel_values',
      channels: 'RGB',
      divisor: do_rescale ? wholeIfNearly(1 / rescale_factor) : 1,
      mean: do_normalize ? image_mean! : [0, 0, 0],
      std: do_normalize ? image_std! : [1, 1, 1],
      size: inputSize(size),
    },
    outputs: { logits: 'logits', boxes: 'pred_boxes' },
  }
  return parse(detrContractSchema, contract, 'the contract that follows from the files') as DetrContract
}

type Config = z.output<typeof filesSchema>['config']

function knownScores({ model_type: type, use_focal_loss: focal }: Config): DetrContract['scores'] {
  const known = type !== undefined && Object.hasOwn(SCORES, type) ? SCORES[type] : undefined
  if (known !== undefined && !(known === 'sigmoid' && focal === false)) return known
  const what = known === undefined ? `config.model_type is ${JSON.stringify(type)}` : 'config.use_focal_loss is false'
  const kinds = Object.keys(SCORES).join(', ')
  throw invalid(
    `files: ${what}, for which it is not known how logits become scores (known are ${kinds}). Give "scores".`,
  )
}

function labelsOf(names: Readonly<Record<string, string>>): (string | null)[] {
  const count = Object.keys(names).length
  return Array.from({ length: count }, (_, id) => {
    const label = names[id]
    if (label === undefined)
      throw invalid(`files: config.id2label has ${count} labels, but none for ${id}. Ids must count up from 0.`)
    return label === NO_LABEL ? null : label
  })
}

function inputSize(size: z.output<typeof filesSchema>['preprocessorConfig']['size']): StretchedSize | ScaledSize {
  return 'height' in size
    ? { fit: 'stretch', width: size.width, height: size.height }
    : { fit: 'scale', shortSide: size.shortest_edge, longSide: size.longest_edge }
}

/** 1 / 0.00392156862745098 is 255, and a little. */
function wholeIfNearly(value: number): number {
  return Math.abs(value - Math.round(value)) < 1e-6 ? Math.round(value) : value
}

function invalid(message: string): RecommenderError {
  return new RecommenderError('INVALID_ARGUMENT', message)
}
