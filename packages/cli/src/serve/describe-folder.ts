import type { Recommender } from '@image-recommender/core'
import { type Filling, fill, type ImageFiles } from '@image-recommender/server'
import type { Output } from '../terminal/output.ts'
import { printable } from '../terminal/printable.ts'

const MOST_NAMED = 5

/** Describes what is new, while the page is shown already. */
export function describeFolder(output: Output, signal: AbortSignal) {
  let filling: Filling | undefined
  return {
    /** How far it is; `undefined`: it is over. */
    progress: () => filling,
    async begin(recommender: Recommender, files: ImageFiles): Promise<void> {
      const onProgress = (at: Filling) => {
        filling = at
        output.progress.update({ label: 'Describing', ...at, details: `${at.done}/${at.total}` })
      }
      // What else is in the store may be of other folders.
      const { described, known, failed } = await fill(recommender, files, { signal, onProgress, shared: true })
      filling = undefined
      if (signal.aborted) return
      output.note(`${described + known} images${described > 0 ? `, ${described} described now` : ''}. Ctrl-C stops it.`)
      for (const { id, error } of failed.slice(0, MOST_NAMED)) output.note(printable(`${id}: ${error.message}`))
      if (failed.length > MOST_NAMED) output.note(`… and ${failed.length - MOST_NAMED} more that failed`)
    },
  }
}
