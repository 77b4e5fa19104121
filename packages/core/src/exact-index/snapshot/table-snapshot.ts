import type { Metric } from '../../similarity-index.ts'
import { DenseRows } from '../dense/dense-rows.ts'
import { IdReferences } from '../ids/id-references.ts'
import { VectorTable } from '../vector-table.ts'
import { batchesOf, decodeBatch } from './layer-batches.ts'

const TAG_LISTS_A_PART = 4096

/** What a snapshot says of itself first. */
interface Description {
  readonly dimensions: number
  readonly metric: Metric
  /** How far in the store's feed the index was; `null`: at its beginning. */
  readonly position: string | null
  readonly sparse: number
  readonly dense: number
  readonly tagLists: number
  /** Numbers are written as the machine has them. */
  readonly byteOrder: 'little' | 'big'
}

const byteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big'

/** All there is in a table, in parts. They are or come from live memory: nothing may change until the last one is written. */
export function* partsOf(table: VectorTable, position: string | undefined): Generator<ArrayBufferView> {
  const { dimensions, metric, dense, tagLists, ids } = table
  yield json({
    dimensions,
    metric,
    position: position ?? null,
    sparse: table.count - dense.count,
    dense: dense.count,
    tagLists: tagLists.end,
    byteOrder,
  } satisfies Description)
  yield* ids.save()
  for (let from = 1; from < tagLists.end; from += TAG_LISTS_A_PART) {
    const end = Math.min(tagLists.end, from + TAG_LISTS_A_PART)
    yield json(Array.from({ length: end - from }, (_, at) => tagLists.tagsOf(from + at)))
  }
  for (const layer of table.layers) yield* batchesOf(layer)
  yield* dense.save()
}

/** Restores a table of that shape from its parts. Throws an Error where they do not make one. */
export async function readTable(
  next: () => Promise<Uint8Array>,
  shape: { dimensions: number; metric: Metric },
): Promise<{ table: VectorTable; position: string | undefined }> {
  const description = parsed(await next()) as Description
  checkDescription(description, shape)
  const ids = await IdReferences.load(next)
  const lists: string[][] = [[]]
  while (lists.length < description.tagLists) lists.push(...(parsed(await next()) as string[][]))
  const table = new VectorTable(shape.dimensions, shape.metric, ids)
  table.tagLists.restore(lists)
  for (let read = 0; read < description.sparse; ) {
    const batch = decodeBatch(await next(), shape.dimensions)
    table.append(batch)
    read += batch.references.length
  }
  table.adopt(await DenseRows.load(next))
  if (table.count !== description.sparse + description.dense)
    throw new Error('it does not have as many images as it says')
  return { table, position: description.position ?? undefined }
}

function checkDescription(
  description: Description,
  { dimensions, metric }: { dimensions: number; metric: Metric },
): void {
  if (description.dimensions !== dimensions || description.metric !== metric)
    throw new Error(
      `it is of ${description.dimensions} dimensions and ${description.metric}, not of ${dimensions} and ${metric}`,
    )
  if (description.byteOrder !== byteOrder) throw new Error('it was written by a machine with another order of bytes')
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function parsed(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes))
}
