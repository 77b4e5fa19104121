import type { ImageRecord } from '@image-recommender/core'
import type { Operations } from '../operations.ts'
import { decodeRecord } from '../records/record-codec.ts'
import { PORTION } from '../writes/chunks.ts'
import type { Directory } from './directory.ts'
import type { Packed, RecordReader } from './record-reader.ts'

const FIRST_PAGE = 100
/** Pages become longer or shorter until they have about so many bytes. */
const PAGE_BYTES = 1_000_000

export interface ScanParts {
  readonly directory: Directory
  readonly reader: RecordReader
  readonly operations: Operations
}

interface Page {
  readonly ids: readonly string[]
  readonly packed: Packed
  readonly isLast: boolean
}

/** All records in the order of the directory, one page ahead of whoever reads. */
export async function* scan({ directory, reader, operations }: ScanParts): AsyncGenerator<ImageRecord> {
  const fetch = (behind: string | undefined, size: number) =>
    operations.run(async (): Promise<Page> => {
      const ids = await directory.idsBehind(behind, size)
      const packed = await reader.packed(ids)
      if (packed.size < ids.length) await buryLost(ids, packed, directory, reader)
      return { ids, packed, isLast: ids.length < size }
    })

  let coming = fetch(undefined, FIRST_PAGE)
  while (true) {
    const { ids, packed, isLast } = await coming
    if (!isLast) {
      coming = fetch(ids.at(-1)!, pageSizeFor(packed))
      // Where the scan is left early, nobody will ask what became of it.
      coming.catch(() => {})
    }
    for (const id of ids) {
      const bytes = packed.get(id)
      if (bytes) yield decodeRecord(id, bytes)
    }
    if (isLast) return
  }
}

function pageSizeFor(packed: Packed): number {
  let bytes = 0
  for (const record of packed.values()) bytes += record.length
  return Math.max(1, Math.min(PORTION, Math.floor((PAGE_BYTES * packed.size) / Math.max(bytes, 1))))
}

/**
 * An id without a record was deleted since the page was read, or a server lost its record (it came back from an old backup,
 * or had to evict keys). The latter are deleted now, so that directory, feed and records agree again.
 *
 * Lost is what is there by the directory, has no record afterwards, and has not been changed in between.
 */
async function buryLost(
  ids: readonly string[],
  packed: Packed,
  directory: Directory,
  reader: RecordReader,
): Promise<void> {
  const there = await directory.changesOf(ids.filter((id) => !packed.has(id)))
  if (there.size === 0) return
  const found = await reader.packed([...there.keys()])
  for (const id of found.keys()) there.delete(id)
  if (there.size > 0) await directory.bury(there)
}
