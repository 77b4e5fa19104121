/** Tells the history entries of this load of the page from those of one before. */
const load = Math.random()
const batches = []

/** @returns {{ batch: number, load: number }} what a history entry keeps to find the batch again */
export function keepBatch(batch) {
  batches.push(batch)
  return { batch: batches.length - 1, load }
}

/** `undefined` where there is none, or the page was loaded anew since. */
export const batchIn = (state) => (state?.load === load ? batches[state.batch] : undefined)
