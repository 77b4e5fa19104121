import type { Change } from '@image-recommender/core'
import { type Bell, unlessAborted } from '@image-recommender/core/parts'
import type { Directory } from './directory.ts'
import { beginning, formatPosition, type Position, parsePosition } from './position.ts'

const BATCH = 1000

export interface FeedOptions {
  readonly directory: Directory
  /** Asked before each reading: notices where changes were lost. */
  readonly look: () => Promise<void>
  readonly bell: Bell
  readonly pollInterval: number
  /** Behind which position; from the beginning where it is left out. */
  readonly after: string | undefined
  /** Ends the feed. */
  readonly signal: AbortSignal
}

/**
 * The changes in the order of their numbers, which are given in the step that commits a write: behind what was read, nothing
 * can appear any more. When a new epoch has begun, the feed goes on from its beginning, whatever it has said before.
 */
export async function* feed({
  directory,
  look,
  bell,
  pollInterval,
  after,
  signal,
}: FeedOptions): AsyncGenerator<Change[]> {
  let reached: Position = after === undefined ? beginning : parsePosition(after)
  const read = async () => {
    await look()
    return directory.changesBehind(reached.epoch, reached.number, BATCH)
  }

  let saidAll = false
  while (!signal.aborted) {
    const heard = bell.rings
    const page = await unlessAborted(read(), signal)
    if (!page) return
    const { epoch, changes } = page
    if (changes.length > 0) {
      yield changes.map(({ id, number }) => ({ id, position: formatPosition({ epoch, number }) }))
      reached = { epoch, number: changes.at(-1)!.number }
      saidAll = false
      if (changes.length === BATCH) continue
    }
    if (!saidAll) {
      saidAll = true
      yield []
    }
    await bell.wait(heard, pollInterval, signal)
  }
}
