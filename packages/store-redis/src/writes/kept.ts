import { Slices } from '@image-recommender/core/parts'
import type { Directory } from '../store/directory.ts'
import { bucketOf } from '../store/keys.ts'
import type { RecordReader } from '../store/record-reader.ts'
import { DELETION, type Entries, type Entry, PORTION } from './chunks.ts'
import type { Committed } from './write.ts'

export interface KeptParts {
  readonly directory: Directory
  readonly reader: RecordReader
}

/**
 * Whether a write that was decided got into its buckets. A server that is restarted, or whose replica takes over, may come back without
 * what was staged in it, and the directory decides the write all the same. Looks where nothing was staged any more, which
 * as a rule is because somebody else has applied it: then its records are there, or what others wrote since.
 */
export async function isKept(parts: KeptParts, entries: Entries, { last, doubtful }: Committed): Promise<boolean> {
  if (doubtful.size === 0) return true
  const slices = new Slices()
  let portion: Entry[] = []
  for (const entry of entries) {
    if (doubtful.has(bucketOf(entry.id))) portion.push(entry)
    if (portion.length === PORTION) {
      if (await isAnyLost(parts, portion, last)) return false
      portion = []
    }
    if (slices.isOver) await slices.next()
  }
  return !(await isAnyLost(parts, portion, last))
}

async function isAnyLost({ directory, reader }: KeptParts, portion: readonly Entry[], last: number): Promise<boolean> {
  const found = await reader.packed(portion.map(({ id }) => id))
  const others = portion.filter(({ id, record }) => Buffer.compare(found.get(id) ?? DELETION, record) !== 0)
  if (others.length === 0) return false
  const ids = others.map(({ id }) => id)
  const [standings, numbers] = [await directory.standingsOf(ids), await directory.changesOf(ids)]
  return others.some(({ id, record }, at) => {
    if (standings[at] === 'there') return Number(numbers.get(id) ?? Number.POSITIVE_INFINITY) <= last
    // Deleted: by this write, or since.
    return standings[at] === 'unknown' || record.length === 0
  })
}
