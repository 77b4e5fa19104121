import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { RecommenderError } from '../../errors.ts'
import type { FamilyInput, FamilyOutput, ModelFamily } from '../model-family.ts'
import { fits, shapeText } from './dimensions.ts'
import { corrupt, type ModelBytes, type ModelSource } from './model-bytes.ts'
import { loadOnnxruntime } from './native-packages.ts'

export interface ModelSession {
  /**
   * @param image the values of the input, `height` × `width` of each channel; blocks this thread while it computes
   * @returns the outputs by their names in the graph
   */
  run(image: Float32Array, width: number, height: number): Promise<Readonly<Record<string, Tensor>>>
}

/** @throws RecommenderError `MODEL_CORRUPT` where onnxruntime cannot load it or it is not what the contract says */
export async function openSession(
  source: ModelSource,
  model: ModelBytes,
  family: ModelFamily,
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
  const differences = [...differencesFrom(family, session)]
  if (differences.length > 0) {
    const message = `The model ${source.path} is not what the contract ${family.name} says: ${differences.join('; ')}.`
    throw new RecommenderError('MODEL_CORRUPT', `${message} Give the contract that fits it as option "contract".`)
  }

  const { name, dims } = family.input
  const outputs = family.outputs.map((output) => output.name)
  return {
    async run(image, width, height) {
      const shape = [...(dims.slice(0, -2) as number[]), height, width]
      return await session.run({ [name]: new Tensor('float32', image, shape) }, outputs)
    },
  }
}

function* differencesFrom({ input, outputs }: ModelFamily, session: InferenceSession): Generator<string> {
  const others = session.inputNames.filter((name) => name !== input.name)
  if (others.length === session.inputNames.length)
    yield `it has no input "${input.name}" but ${quoted(session.inputNames)}`
  else if (others.length > 0) yield `it wants further inputs: ${quoted(others)}`
  yield* declaredDifferences('input', input, session.inputMetadata)

  const missing = outputs.filter(({ name }) => !session.outputNames.includes(name))
  if (missing.length > 0)
    yield `it has no output ${quoted(missing.map(({ name }) => name))} but ${quoted(session.outputNames)}`
  for (const output of outputs) yield* declaredDifferences('output', output, session.outputMetadata)
}

/** What a graph says of its input or output. It may leave the shape open, which then comes without dimensions. */
function* declaredDifferences(
  kind: 'input' | 'output',
  { name, dims }: FamilyInput | FamilyOutput,
  metadata: readonly InferenceSession.ValueMetadata[],
): Generator<string> {
  const declared = metadata.find((value) => value.name === name)
  if (declared === undefined || dims === null) return
  const type = declared.isTensor ? declared.type : 'no tensor'
  if (type !== 'float32') yield `its ${kind} "${name}" is ${type} instead of float32`
  if (!declared.isTensor || declared.shape.length === 0) return
  const { shape } = declared
  if (shape.length !== dims.length)
    yield `its ${kind} "${name}" has ${shape.length} dimensions (${shape}) instead of ${dims.length} ${shapeText(dims)}`
  else if (!fits(shape, dims)) yield `its ${kind} "${name}" is ${shapeText(shape)} instead of ${shapeText(dims)}`
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ')
}
