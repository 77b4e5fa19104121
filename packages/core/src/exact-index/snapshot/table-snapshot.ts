import type { Metric } from '../../similarity-index.ts'
import type { SnapshotFormat } from '../../snapshot-file.ts'
import { VectorTable } from '../vector-table.ts'
import type { NextPart } from './parts.ts'

/** A file of each version ever released stays among the tests. */
export const tableFormat: SnapshotFormat = { mark: '\u0089IMAGES\n', version: 1, content: 'an exact index' }

/** What a snapshot says of itself first. */
interface Description {
  readonly dimensions: number
  readonly metric: Metric
  /** How far in the store's feed the index was; `null`: at its beginning. */
  readonly position: string | null
  readonly images: number
  /** Numbers are written as the machine has them. */
  readonly byteOrder: 'little' | 'big'
}

const byteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big'

/** All there is in a table, in parts. They are its live memory: nothing may change until the last one is written. */
export function* partsOf(table: VectorTable, position: string | undefined): Generator<ArrayBufferView> {
  const { dimensions, metric, count: images } = table
  const description: Description = { dimensions, metric, position: position ?? null, images, byteOrder }
  yield new TextEncoder().encode(JSON.stringify(description))
  yield* table.save()
}

/** Restores a table of that shape from its parts. Throws an Error where they do not make one. */
export async function readTable(
  next: NextPart,
  shape: { dimensions: number; metric: Metric },
): Promise<{ table: VectorTable; position: string | undefined }> {
  const description = JSON.parse(new TextDecoder().decode(await next())) as Description
  checkDescription(description, shape)
  const table = await VectorTable.load(next, shape.dimensions, shape.metric)
  if (table.count !== description.images) throw new Error('it does not have as many images as it says')
  return { table, position: description.position ?? undefined }
}

function checkDescription(description: Description, shape: { dimensions: number; metric: Metric }): void {
  const { dimensions, metric } = description
  if (dimensions !== shape.dimensions || metric !== shape.metric) {
    throw new Error(
      `it has ${dimensions} dimensions and ${metric} distances, not ${shape.dimensions} and ${shape.metric}`,
    )
  }
  if (description.byteOrder !== byteOrder) throw new Error('it was written by a machine with another order of bytes')
}
