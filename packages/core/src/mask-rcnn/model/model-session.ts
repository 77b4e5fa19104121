import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { RecommenderError } from '../../errors.ts'
import { corrupt, type ModelBytes, type ModelSource } from './model-bytes.ts'
import type { ModelContract } from './model-contract.ts'
import { loadOnnxruntime } from './native-packages.ts'

/** What came out of the model, by the contract's words instead of the graph's names. */
export interface ModelResult {
  readonly boxes: Tensor
  readonly labels: Tensor
  readonly scores: Tensor
  readonly masks: Tensor | null
}

export interface ModelSession {
  /** @param image the values of the input, `height` × `width` of each channel; blocks this thread while it computes */
  run(image: Float32Array, width: number, height: number): Promise<ModelResult>
}

/** @throws RecommenderError `MODEL_CORRUPT` where onnxruntime cannot load it or it is not what the contract says */
export async function openSession(
  source: ModelSource,
  model: ModelBytes,
  contract: ModelContract,
  threads: number,
): Promise<ModelSession> {
  const { InferenceSession, Tensor } = await loadOnnxruntime()
  let session: InferenceSession
  try {
    // From bytes, never from the path: what has been checked is what is loaded.
    session = await InferenceSession.create(model.bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // Fatal only: onnxruntime otherwise writes to the application's stderr what it also throws.
      logSeverityLevel: 4,
      // Waiting threads must sleep: the cores belong to the application.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })
  } catch (cause) {
    throw corrupt(source, `cannot be loaded by onnxruntime: ${(cause as Error).message.trim()}`, cause)
  }
  const differences = [...differencesFrom(contract, session)]
  if (differences.length > 0) {
    const message = `The model ${source.path} is not what the contract ${contract.name} says: ${differences.join('; ')}.`
    throw new RecommenderError('MODEL_CORRUPT', `${message} Give the contract that fits it as option "contract".`)
  }

  const { input, outputs } = contract
  return {
    async run(image, width, height) {
      const dims = input.batch ? [1, 3, height, width] : [3, height, width]
      const result = await session.run({ [input.name]: new Tensor('float32', image, dims) })
      const output = (name: string) => result[name] as Tensor
      return {
        boxes: output(outputs.boxes),
        labels: output(outputs.labels),
        scores: output(outputs.scores),
        masks: outputs.masks === null ? null : output(outputs.masks),
      }
    },
  }
}

function* differencesFrom(contract: ModelContract, session: InferenceSession): Generator<string> {
  const { input, outputs } = contract
  const others = session.inputNames.filter((name) => name !== input.name)
  if (others.length === session.inputNames.length)
    yield `it has no input "${input.name}" but ${quoted(session.inputNames)}`
  else if (others.length > 0) yield `it wants further inputs: ${quoted(others)}`

  const declared = session.inputMetadata.find(({ name }) => name === input.name)
  if (declared !== undefined) {
    const type = declared.isTensor ? declared.type : 'no tensor'
    if (type !== 'float32') yield `its input "${input.name}" is ${type} instead of float32`
    // A graph may leave the shape open; it then comes without dimensions.
    const rank = input.batch ? 4 : 3
    if (declared.isTensor && declared.shape.length > 0 && declared.shape.length !== rank)
      yield `its input "${input.name}" has ${declared.shape.length} dimensions (${declared.shape}) instead of ${rank}`
  }

  const missing = Object.values(outputs).filter((name) => name !== null && !session.outputNames.includes(name))
  if (missing.length > 0) yield `it has no output ${quoted(missing as string[])} but ${quoted(session.outputNames)}`
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ')
}
