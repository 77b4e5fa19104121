import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What one server counts, for Prometheus. Nothing of it is global: two servers in one process count apart. */
export interface Metrics {
  readonly registry: Registry
  /** Answers, by the pattern of their route: there are few of those, whatever clients ask for. */
  readonly requests: Histogram<'method' | 'route' | 'status'>
  /** Calls of the recommender. */
  readonly calls: Histogram<'call' | 'outcome'>
  readonly callsUnderWay: Gauge<'call'>
  /** Descriptions of images, from the call to the answer: waiting for a worker included. */
  readonly extractions: Histogram<'outcome'>
  readonly extractionsUnderWay: Gauge
  readonly images: Gauge
}

// From what the exact index takes to what a large network takes on a small machine.
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/**
 * Metrics in a registry of their own, with Node's own ones (CPU, memory, event-loop delay, garbage collection) beside them.
 *
 * @param countImages asked at each scrape; where it fails, the scrape lacks that one number
 */
export function createMetrics(countImages: () => Promise<number>): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Seconds from the arrival of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    }),
    calls: new Histogram({
      name: 'image_recommender_call_seconds',
      help: 'Seconds that calls of the recommender took.',
      labelNames: ['call', 'outcome'],
      buckets: SECONDS,
      registers,
    }),
    callsUnderWay: new Gauge({
      name: 'image_recommender_calls_under_way',
      help: 'Calls of the recommender that have not been answered yet.',
      labelNames: ['call'],
      registers,
    }),
    extractions: new Histogram({
      name: 'image_recommender_extraction_seconds',
      help: 'Seconds in which images were described, waiting for a worker included.',
      labelNames: ['outcome'],
      buckets: SECONDS,
      registers,
    }),
    extractionsUnderWay: new Gauge({
      name: 'image_recommender_extractions_under_way',
      help: 'Images that are being described or wait for it.',
      registers,
    }),
    images: new Gauge({
      name: 'image_recommender_images',
      help: 'Images in the store.',
      registers,
      async collect() {
        try {
          this.set(await countImages())
        } catch {
          this.remove()
        }
      },
    }),
  }
}
