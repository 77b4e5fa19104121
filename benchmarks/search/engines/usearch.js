import { dimensions } from '../coco-like.js'
import { measureHere } from '../measure-here.js'
import { graph, graphSettings } from './graph.js'
import { peer, peerVersion } from './peers.js'

const name = 'usearch'

export function missing() {
  peer(name)
}

export async function measureEngine(job) {
  const { Index, MetricKind, ScalarKind } = peer(name)
  const index = new Index({
    dimensions,
    metric: job.metric === 'euclidean' ? MetricKind.L2sq : MetricKind.Cos,
    quantization: ScalarKind.F32,
    connectivity: graph.links,
    expansion_add: graph.whileBuilding,
    // A larger k widens it by itself.
    expansion_search: graph.whileSearching(1),
    multi: false,
  })
  return { ...(await measureHere(job, engine(index))), version: peerVersion(name) }
}

function engine(index) {
  return {
    settings: graphSettings,
    native: true,
    add(dense, first, count) {
      const keys = BigUint64Array.from({ length: count }, (_, at) => BigInt(first + at))
      const vectors = dense.subarray(0, count * dimensions)
      const start = performance.now()
      index.add(keys, vectors, 1)
      return (performance.now() - start) / 1000
    },
    prepare: (query) => query,
    search: (query, k) => index.search(query, k, 1),
    labels: ({ keys }) => Array.from(keys, Number),
  }
}
