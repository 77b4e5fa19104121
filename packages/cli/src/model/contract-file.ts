import { readFile } from 'node:fs/promises'
import {
  type ModelContract,
  TORCHVISION_CONTRACT,
  ZOO_CONTRACT,
  ZOO_FASTER_CONTRACT,
} from '@image-recommender/core/mask-rcnn'
import { usageError } from '../command-error.ts'

const presets = new Map<string, ModelContract>([
  ['torchvision', TORCHVISION_CONTRACT],
  ['zoo', ZOO_CONTRACT],
  ['zoo-faster', ZOO_FASTER_CONTRACT],
])

/** @throws CommandError `USAGE` where it is no contract at all; what is wrong within it, the extractor says */
export async function readContract(file: string | undefined): Promise<ModelContract | undefined> {
  if (file === undefined) return undefined
  const preset = presets.get(file)
  if (preset) return preset
  let contract: ModelContract
  try {
    contract = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw usageError(
      `--contract ${file} cannot be read (${code ?? message}). Give a JSON file as docs/models.md has it.`,
    )
  }
  if (!isWhole(contract)) {
    throw usageError(
      `--contract ${file} is no contract: it needs name, axes, labels, input and outputs, as docs/models.md has them.`,
    )
  }
  return contract
}

/** What a space is made of; more is checked where the model is loaded. */
function isWhole(contract: Partial<ModelContract> | null): boolean {
  return (
    typeof contract?.name === 'string' &&
    Array.isArray(contract.axes) &&
    Array.isArray(contract.labels) &&
    typeof contract.input?.shortSide === 'number' &&
    typeof contract.outputs === 'object'
  )
}
