import { COCO_AXES, type FeatureSpace, type ImageStore } from '@image-recommender/core'

/** Of two models with as many axes: nothing but the name tells them apart. */
export const ours = { id: 'model/1', axes: COCO_AXES, threshold: 0.7 } as const
export const theirs = { id: 'model/2', axes: COCO_AXES, threshold: 0.7 } as const
/** An axis less. */
export const narrow: FeatureSpace = { id: 'model/3', axes: COCO_AXES.slice(0, -1), threshold: 0.7 }
export const dense: FeatureSpace = { id: 'encoder/1', axes: ['x', 'y', 'z'], threshold: null }

/** A store that outlives whoever closes it. */
export function handleOf(store: ImageStore): ImageStore {
  const stop = new AbortController()
  return {
    put: (records) => store.put(records),
    get: (ids) => store.get(ids),
    delete: (ids) => store.delete(ids),
    scan: () => store.scan(),
    sample: (count) => store.sample(count),
    count: () => store.count(),
    changes: ({ after, signal } = {}) =>
      store.changes({ after, signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal }),
    close: async () => stop.abort(),
  }
}
