import { compareUtf8, type IndexChanges, type IndexEntry } from '@image-recommender/core'

/**
 * Changes as writers make them, each id once and in the order of its bytes: first what goes, then what comes. Those who only put or only
 * delete take the rows in this one order, so that none waits for one that waits for it.
 */
export function inOrder({ put = [], delete: gone = [] }: IndexChanges): { put: IndexEntry[]; gone: string[] } {
  const lastOf = new Map(put.map((entry) => [entry.id, entry]))
  return {
    put: [...lastOf.values()].sort((a, b) => compareUtf8(a.id, b.id)),
    gone: [...new Set(gone)].filter((id) => !lastOf.has(id)).sort(compareUtf8),
  }
}
