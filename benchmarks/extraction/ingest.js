/** One ingest by `addAll`, as fast as it goes, in a process of its own: throughput, share of the network, latency of the event loop, memory. */
import { BroadcastChannel } from 'node:worker_threads'
import { createRecommender } from '../../packages/core/dist/index.js'
import { Lateness } from '../hnsw/lateness.js'
import { createExtractor, inputOfThisProcess, scenes } from './setting.js'
import { CHANNEL } from './timed-network.js'

const { model, workers, threads, count, size } = await inputOfThisProcess()
const images = await scenes(count, size)
const extractor = await createExtractor(model, { workers, threads })
const recommender = await createRecommender({ extractor })

// Until every worker has a session and has used it.
await Promise.all(Array.from({ length: 2 * workers }, () => extractor.extract(images[0])))
await Promise.all(Array.from({ length: workers }, () => extractor.extract(images[0])))

const runs = []
const channel = new BroadcastChannel(CHANNEL)
channel.onmessage = ({ data }) => runs.push(data)

const lateness = new Lateness()
lateness.begin()
const cpu = process.cpuUsage()
const began = performance.timeOrigin + performance.now()
const report = await recommender.addAll(images.map((image, at) => ({ id: String(at), image: () => image })))
const ended = performance.timeOrigin + performance.now()
const { user, system } = process.cpuUsage(cpu)
lateness.pause()
const { p99, max } = lateness.end()
if (report.added !== images.length) throw new Error(`${report.failed.length} failed: ${report.failed[0]?.error}`)

const seconds = (ended - began) / 1000
const inNetwork = runs.reduce((sum, run) => sum + (run.ended - run.began) / 1000, 0)
console.log(
  JSON.stringify({
    rate: count / seconds,
    inNetwork: inNetwork / (seconds * workers),
    perRun: (inNetwork / runs.length) * 1000,
    cores: (user + system) / 1e6 / seconds,
    late: p99,
    latest: max,
    peak: process.resourceUsage().maxRSS * 1024,
  }),
)
channel.close()
await recommender.close()
