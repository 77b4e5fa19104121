/**
 * Whether an ingest keeps anything: what the process holds after every tenth of it, and how that grows with each image. The store and the
 * index forget at once, so that all that grows is the ingest's own. `fake`: the extractor of the tests, which needs no
 * thread; else the demo's model.
 */
import { createMemoryStore, createRecommender } from '../../packages/core/dist/index.js'
import { createFakeExtractor, fakeImage } from '../../packages/core/dist/testing.js'
import { createExtractor, inputOfThisProcess, scenes } from './setting.js'

const { fake, count, workers = 1 } = await inputOfThisProcess()
const extractor = fake ? createFakeExtractor() : await createExtractor(undefined, { workers, threads: 1 })
const pictures = fake ? undefined : await scenes(200)

const memory = createMemoryStore()
const store = { ...methodsOf(memory), put: async () => {}, get: async (ids) => ids.map(() => undefined) }
const index = {
  dimensions: extractor.space.axes.length,
  metric: 'cosine',
  exact: true,
  shared: false,
  write: async () => true,
  position: async () => undefined,
  search: async () => [],
  counts: async () => ({ total: 0, perAxis: new Uint32Array(extractor.space.axes.length) }),
  close: async () => {},
}
const recommender = await createRecommender({ extractor, store, index })

function* images() {
  for (let at = 0; at < count; at++)
    yield {
      id: `image-${at}`,
      image: () => (fake ? fakeImage({ dog: 0.9 }, String(at)) : new Uint8Array(pictures[at % 200])),
    }
}

const samples = []
const onProgress = ({ done }) => {
  if (done % (count / 20) !== 0) return
  globalThis.gc()
  const { rss, heapUsed, external } = process.memoryUsage()
  samples.push({ done, rss, held: heapUsed + external })
}
await recommender.addAll(images(), { onProgress })
await recommender.close()

// The first half warms up: code is compiled, pools and arenas find their size.
const settled = samples.slice(samples.length / 2)
console.log(
  JSON.stringify({
    count,
    rss: settled.at(-1).rss,
    rssPerImage: slope(settled.map(({ done, rss }) => [done, rss])),
    heldPerImage: slope(settled.map(({ done, held }) => [done, held])),
    peak: process.resourceUsage().maxRSS * 1024,
    samples,
  }),
)

/** Of the straight line with the least squared error. */
function slope(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))]
  const above = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0)
  return above / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0)
}

function methodsOf(part) {
  const bound = {}
  for (const name of ['put', 'get', 'delete', 'scan', 'sample', 'count', 'changes', 'close'])
    bound[name] = (...input) => part[name](...input)
  return bound
}
