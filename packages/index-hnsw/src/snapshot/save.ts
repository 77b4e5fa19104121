import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { writeSnapshot } from '@image-recommender/core/parts'
import { capacityFor } from '../graph/graph.ts'
import { bytesAVector, GraphFileCheck, type GraphFileShape, HEADER_BYTES } from '../graph/graph-file.ts'
import type { GraphIndex } from '../graph-index.ts'
import type { IndexShape } from '../options.ts'
import { SLOTS_A_CHUNK, type VectorTable } from '../table/vector-table.ts'
import { byteOrder, type Description, encoded, indexFormat } from './format.ts'
import { takenAway } from './taken-away.ts'

/** How much of hnswlib's file is one part, or the vectors of one piece of the table. */
const PIECE_BYTES = 2 ** 22

/**
 * Writes an index that does not change meanwhile into a file. hnswlib writes only files, and says nothing where it
 * fails: its file comes into a folder of its own beside `path`, is looked through, and becomes part of ours.
 */
export async function saveIndex(
  path: string,
  index: GraphIndex,
  shape: IndexShape,
  position: string | undefined,
): Promise<void> {
  const folder = await mkdtemp(`${path}.`)
  try {
    await writeSnapshot(path, indexFormat, partsOf(index, shape, position, join(folder, 'graph')))
  } finally {
    await takenAway(folder)
  }
}

function* partsOf(
  { table, graph }: GraphIndex,
  shape: IndexShape,
  position: string | undefined,
  file: string,
): Generator<ArrayBufferView> {
  const { dimensions, metric, m, efConstruction } = shape
  const slots = table.end
  const description: Description = {
    ...{ dimensions, metric, m, efConstruction, position: position ?? null },
    ...{ images: table.count, slots, byteOrder },
  }
  yield encoded(description)
  yield* tableParts(table)
  if (slots === 0) return
  graph.write(file)
  yield* graphParts(file, graphFileShape(table, shape))
}

function* tableParts(table: VectorTable): Generator<ArrayBufferView> {
  const slotsAPiece = slotsOfPiece(table.dimensions)
  for (let from = 0; from < table.end; from += slotsAPiece) {
    const to = Math.min(table.end, from + slotsAPiece)
    const places = new Map<number, number>()
    const ids: (string | null)[] = []
    const tags: number[] = []
    const vectors = new Float32Array((to - from) * table.dimensions)
    for (let slot = from; slot < to; slot++) {
      const list = table.tagsOf(slot)
      if (!places.has(list)) places.set(list, places.size)
      ids.push(table.idOf(slot) ?? null)
      tags.push(places.get(list)!)
      vectors.set(table.vectorOf(slot), (slot - from) * table.dimensions)
    }
    const tagLists = [...places.keys()].map((list) => table.tagLists.tagsOf(list))
    yield encoded({ ids, tagLists: tagLists.map((list) => [...list]), tags })
    yield vectors
  }
}

/** What hnswlib's file is to look like beside such a table. */
export function graphFileShape(table: VectorTable, { dimensions, m, efConstruction }: IndexShape): GraphFileShape {
  const slots = table.end
  const isFree = (slot: number) => table.idOf(slot) === undefined
  return { dimensions, m, efConstruction, slots, capacity: capacityFor(slots), isFree }
}

/** How many slots of the table are saved together. */
export function slotsOfPiece(dimensions: number): number {
  return Math.max(1, Math.min(SLOTS_A_CHUNK, Math.floor(PIECE_BYTES / (4 * dimensions))))
}

/** How many vectors of the graph are saved together. */
export function vectorsOfPiece(shape: GraphFileShape): number {
  return Math.max(1, Math.floor(PIECE_BYTES / bytesAVector(shape)))
}

/** hnswlib's file: its header, its vectors in pieces, what is left; found whole. */
function* graphParts(path: string, shape: GraphFileShape): Generator<Uint8Array> {
  const check = new GraphFileCheck(shape)
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const header = read(file, HEADER_BYTES)
    check.header(header)
    yield header
    const atOnce = vectorsOfPiece(shape)
    for (let left = shape.slots; left > 0; left -= atOnce) {
      const vectors = read(file, Math.min(left, atOnce) * bytesAVector(shape))
      check.vectors(vectors)
      yield vectors
    }
    const rest = read(file, fstatSync(file).size - HEADER_BYTES - shape.slots * bytesAVector(shape))
    check.upperLayers(rest)
    yield rest
  } catch (cause) {
    throw new Error(`hnswlib did not write its file as it should, as on a full disk: ${(cause as Error).message}`, {
      cause,
    })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The next bytes of a file: as many as there are, where these are fewer. */
function read(file: number, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, length))
  let at = 0
  while (at < bytes.length) {
    const count = readSync(file, bytes, at, bytes.length - at, null)
    if (count === 0) break
    at += count
  }
  return bytes.subarray(0, at)
}
