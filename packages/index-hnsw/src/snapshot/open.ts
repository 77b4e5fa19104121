import { mkdtemp, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SnapshotReader } from '@image-recommender/core/parts'
import { GraphFileCheck, type GraphFileShape } from '../graph/graph-file.ts'
import type { GraphIndex } from '../graph-index.ts'
import type { IndexShape } from '../options.ts'
import type { VectorTable } from '../table/vector-table.ts'
import { descriptionIn, indexFormat, tablePieceIn } from './format.ts'
import { graphFileShape, slotsOfPiece, vectorsOfPiece } from './save.ts'
import { takenAway } from './taken-away.ts'

type NextPart = () => Promise<Uint8Array>

/**
 * Fills an empty index with what `saveIndex` wrote, and tells its position. Throws an Error where there is no whole,
 * undamaged snapshot of an index with these options; the index is of no use then. hnswlib reads only files, and trusts
 * them: it gets one of our own making, after the last byte of the snapshot has been checked.
 */
export async function openIndex(path: string, shape: IndexShape, index: GraphIndex): Promise<string | undefined> {
  const reader = await SnapshotReader.open(path, indexFormat)
  try {
    const { slots, images, position } = descriptionIn(await reader.next(), shape)
    await readTable(reader.next, index.table, slots)
    if (index.table.count !== images) throw new Error('it does not have as many images as it says')
    if (slots > 0) await readGraph(reader, index, graphFileShape(index.table, shape))
    else await reader.end()
    return position ?? undefined
  } finally {
    await reader.close()
  }
}

async function readTable(next: NextPart, table: VectorTable, slots: number): Promise<void> {
  const { dimensions } = table
  for (let from = 0; from < slots; from += slotsOfPiece(dimensions)) {
    const count = Math.min(slots - from, slotsOfPiece(dimensions))
    const { ids, tagLists, tags } = tablePieceIn(await next(), count)
    const vectors = floatsOf(await next(), count * dimensions)
    for (let at = 0; at < count; at++) {
      const list = tagLists[tags[at]!]
      if (list === undefined) throw new Error('a piece of its table has no such tags')
      table.restore(ids[at]!, list, vectors.subarray(at * dimensions, (at + 1) * dimensions))
    }
  }
}

async function readGraph(reader: SnapshotReader, { graph }: GraphIndex, shape: GraphFileShape): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'image-recommender-'))
  try {
    const path = join(folder, 'graph')
    await writeGraphFile(path, reader.next, shape)
    await reader.end()
    graph.read(path, shape.slots)
  } finally {
    await takenAway(folder)
  }
}

async function writeGraphFile(path: string, next: NextPart, shape: GraphFileShape): Promise<void> {
  const check = new GraphFileCheck(shape)
  const file = await open(path, 'wx')
  try {
    const checked = async (take: (bytes: Uint8Array) => void) => {
      const part = await next()
      take(part)
      await file.writeFile(part)
    }
    await checked((part) => check.header(part))
    for (let left = shape.slots; left > 0; left -= vectorsOfPiece(shape)) await checked((part) => check.vectors(part))
    await checked((part) => check.upperLayers(part))
  } finally {
    await file.close()
  }
}

function floatsOf(part: Uint8Array, length: number): Float32Array {
  if (part.byteLength !== 4 * length) throw new Error('a piece of its table has another size')
  const floats = new Float32Array(part.buffer, part.byteOffset, length)
  if (!floats.every(Number.isFinite)) throw new Error('a vector of its table is not finite')
  return floats
}
