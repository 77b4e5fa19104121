import type { Recommender } from '@image-recommender/core'
import { type Filling, type FillReport, fill, type ImageFiles } from '@image-recommender/server'
import { messageOf } from '@image-recommender/server/service'
import type { Screen } from './screen.ts'

export interface Describing {
  /** How far it is; `undefined`: it is over. */
  progress(): Filling | undefined
  /** Begins it. @returns what it came to */
  begin(recommender: Recommender, files: ImageFiles): Promise<FillReport>
}

export interface DescribingOptions {
  readonly screen: Screen
  readonly shared: boolean
  readonly signal: AbortSignal
}

/** The describing of what lies in the folders, and what people are told of it. */
export function createDescribing({ screen, shared, signal }: DescribingOptions): Describing {
  let filling: Filling | undefined
  return {
    progress: () => filling,
    async begin(recommender, files) {
      const progress = screen.progress('Gallery')
      try {
        const onProgress = (at: Filling) => {
          filling = at
          progress.update(at.done, at.total, 'images')
        }
        const report = await fill(recommender, files, { signal, onProgress, shared })
        progress.end()
        if (!signal.aborted) for (const line of linesOf(report)) screen.line('Gallery', line)
        return report
      } finally {
        filling = undefined
        progress.end()
      }
    },
  }
}

/** What the describing came to, in one line; then the failed images. */
function linesOf({ described, known, removed, failed }: FillReport): string[] {
  const parts = [`${described + known} images`]
  if (described > 0) parts.push(`${described} described now`)
  if (removed > 0) parts.push(`${removed} forgotten, their files are gone`)
  const named = failed.slice(0, 5).map(({ id, error }) => `${id} could not be added: ${messageOf(error)}`)
  if (failed.length > named.length) named.push(`… and ${failed.length - named.length} more`)
  return [parts.join(', '), ...named]
}
