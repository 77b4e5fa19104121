import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { RecommenderError } from '../../errors.ts'
import { usesExternalData } from '../onnx/external-data.ts'
import { cutGraph } from '../onnx/graph-cut.ts'

/** Which file to load, and what is known of it beforehand. */
export interface ModelSource {
  readonly path: string
  /** Checked before anything else looks at the bytes; `null`: unknown. */
  readonly bytes: number | null
  readonly sha256: string | null
  /** What to do where the file is missing. */
  readonly remedy: string
}

export interface ModelBytes {
  /** Of the model without what only outputs need that nobody wants. */
  readonly bytes: Uint8Array
  /** Of the whole file. */
  readonly sha256: string
}

/**
 * @param outputs the names of those that are wanted
 * @throws RecommenderError `MODEL_UNAVAILABLE`: not there; `MODEL_CORRUPT`: not the expected bytes, or no ONNX file
 */
export async function readModel(source: ModelSource, outputs: Iterable<string>): Promise<ModelBytes> {
  const bytes = await fileBytes(source)
  if (source.bytes !== null && bytes.length !== source.bytes)
    throw corrupt(source, `has ${bytes.length} bytes instead of ${source.bytes}`)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (source.sha256 !== null && sha256 !== source.sha256)
    throw corrupt(source, `has the SHA-256 ${sha256} instead of ${source.sha256}`)
  if (bytes.length === 0) throw corrupt(source, 'has 0 bytes')
  if (walked(source, () => usesExternalData(bytes))) {
    const remedy = 'Save it in one piece, for instance with onnx.save_model(model, path, save_as_external_data=False).'
    throw new RecommenderError(
      'MODEL_CORRUPT',
      `The model ${source.path} keeps weights in other files, which are never opened. ${remedy}`,
    )
  }
  return { bytes: walked(source, () => cutGraph(bytes, new Set(outputs))), sha256 }
}

async function fileBytes(source: ModelSource): Promise<Uint8Array> {
  try {
    return await readFile(source.path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const trouble = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
    throw new RecommenderError('MODEL_UNAVAILABLE', `The model ${source.path} ${trouble}. ${source.remedy}`, { cause })
  }
}

function walked<Result>(source: ModelSource, walk: () => Result): Result {
  try {
    return walk()
  } catch (cause) {
    throw corrupt(source, `is no ONNX file, or one that is cut off: ${(cause as Error).message}`, cause)
  }
}

export function corrupt(source: ModelSource, difference: string, cause?: unknown): RecommenderError {
  const message = `The model ${source.path} ${difference}. Delete it and bring it again.`
  return new RecommenderError('MODEL_CORRUPT', message, { cause })
}
