import type { Metric } from '@image-recommender/core'
import { GraphIndex } from '../../src/graph-index.ts'
import { type HnswIndex, HnswIndexInThread, type Thread } from '../../src/hnsw-index.ts'
import type { IndexShape } from '../../src/options.ts'
import type { Work } from '../../src/search/work.ts'
import { openIndex } from '../../src/snapshot/open.ts'
import { ServedIndex } from '../../src/thread/served-index.ts'
import { native } from './native.ts'

export interface HereOptions {
  readonly dimensions: number
  readonly metric: Metric
  readonly m?: number
  readonly efConstruction?: number
  readonly efSearch?: number
  readonly scans?: (work: Work) => boolean
}

/** The graph is asked whenever it can be: a graph cannot give more than it has. */
export const onlyWhereItMust = ({ wanted, slots }: Work): boolean => wanted > slots

/** All of an index but the worker thread: what it is asked for is cloned and answered in this one. */
export function indexHere({ scans, ...options }: HereOptions): HnswIndex {
  const shape = { ...defaults, ...options }
  return served(new ServedIndex(new GraphIndex(native, shape, scans), shape), shape)
}

/** The same of a snapshot. */
export async function openHere(path: string, { scans, ...options }: HereOptions): Promise<HnswIndex> {
  const shape = { ...defaults, ...options }
  const index = new GraphIndex(native, shape, scans)
  return served(new ServedIndex(index, shape, await openIndex(path, shape, index)), shape)
}

const defaults = { m: 16, efConstruction: 200, efSearch: 200 }

function served(index: ServedIndex, shape: IndexShape): HnswIndex {
  const thread: Thread = {
    call: async (name, given) => structuredClone(await index[name](structuredClone(given) as never)) as never,
    end: async () => index.end(),
  }
  return new HnswIndexInThread(thread, shape)
}
