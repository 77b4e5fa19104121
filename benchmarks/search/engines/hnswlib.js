import { dimensions } from '../coco-like.js'
import { measureHere } from '../measure-here.js'
import { graph, graphSettings } from './graph.js'
import { peer, peerVersion } from './peers.js'

const name = 'hnswlib-node'

export function missing() {
  peer(name)
}

export async function measureEngine(job) {
  const { HierarchicalNSW } = peer(name)
  const index = new HierarchicalNSW(job.metric === 'euclidean' ? 'l2' : 'cosine', dimensions)
  index.initIndex(job.size, graph.links, graph.whileBuilding, 1)
  return { ...(await measureHere(job, engine(index))), version: peerVersion(name) }
}

function engine(index) {
  return {
    settings: graphSettings,
    native: true,
    add(dense, first, count) {
      const points = Array.from({ length: count }, (_, at) =>
        Array.from(dense.subarray(at * dimensions, (at + 1) * dimensions)),
      )
      const start = performance.now()
      for (let at = 0; at < count; at++) index.addPoint(points[at], first + at)
      return (performance.now() - start) / 1000
    },
    prepare: (query) => Array.from(query),
    search(query, k) {
      index.setEf(graph.whileSearching(k))
      return index.searchKnn(query, k)
    },
    labels: ({ neighbors }) => neighbors,
  }
}
