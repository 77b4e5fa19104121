import type { Buckets } from '../store/buckets.ts'
import type { Directory } from '../store/directory.ts'
import { everyBucket } from '../store/keys.ts'
import type { Writer } from './writer.ts'

/** How many buckets are looked through at once. */
const LANES = 8

export interface MendParts {
  readonly directory: Directory
  readonly buckets: Buckets
  readonly writer: Writer
}

/**
 * Brings directory and records to agree where a server of a Cluster has lost what another still has. A record that the directory
 * has never heard of was lost by the directory: its image is taken in again. One that the directory says was deleted is
 * deleted. Ids without a record are found by whoever scans.
 *
 * Any number of processes may do so at once, while others write.
 */
export async function mend({ directory, buckets, writer }: MendParts): Promise<void> {
  const { epoch, mended } = await directory.describe()
  if (mended === epoch) return
  const mendBucket = async (bucket: number) => {
    for await (const ids of buckets.ids(bucket)) {
      const standings = await directory.standingsOf(ids)
      const unknown = ids.filter((_, at) => standings[at] === 'unknown')
      const deleted = ids.filter((_, at) => standings[at] === 'deleted')
      if (unknown.length > 0) await directory.adopt(unknown)
      if (deleted.length > 0) await writer.erase(deleted)
    }
  }
  const left = everyBucket.values()
  const lane = async () => {
    for (const bucket of left) await mendBucket(bucket)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  await directory.agree(epoch)
}
