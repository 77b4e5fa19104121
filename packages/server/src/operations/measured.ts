import { type FeatureExtractor, type Recommender, RecommenderError } from '@image-recommender/core'
import type { Metrics } from './metrics.ts'

/** The recommender itself, and its calls are counted and timed. Closing it closes the recommender. */
export function measured<Axis extends string>(
  recommender: Recommender<Axis>,
  { calls, callsUnderWay }: Pick<Metrics, 'calls' | 'callsUnderWay'>,
): Recommender<Axis> {
  async function timed<T>(call: string, work: () => Promise<T>): Promise<T> {
    callsUnderWay.inc({ call })
    try {
      return await observed((outcome, seconds) => calls.observe({ call, outcome }, seconds), work)
    } finally {
      callsUnderWay.dec({ call })
    }
  }
  return {
    space: recommender.space,
    add: (...given) => timed('add', () => recommender.add(...given)),
    addAll: (...given) => recommender.addAll(...given),
    put: (...given) => recommender.put(...given),
    records: (...given) => recommender.records(...given),
    get: (...given) => timed('get', () => recommender.get(...given)),
    remove: (...given) => timed('remove', () => recommender.remove(...given)),
    similarTo: (...given) => timed('similarTo', () => recommender.similarTo(...given)),
    similarToImage: (...given) => timed('similarToImage', () => recommender.similarToImage(...given)),
    recommend: (...given) => timed('recommend', () => recommender.recommend(...given)),
    taste: (...given) => timed('taste', () => recommender.taste(...given)),
    random: (...given) => timed('random', () => recommender.random(...given)),
    count: () => recommender.count(),
    objectCounts: (...given) => timed('objectCounts', () => recommender.objectCounts(...given)),
    duplicates: (...given) => timed('duplicates', () => recommender.duplicates(...given)),
    reindex: (...given) => timed('reindex', () => recommender.reindex(...given)),
    close: () => recommender.close(),
    [Symbol.asyncDispose]: () => recommender.close(),
  }
}

/** The extractor itself, and what it describes is counted and timed, whoever asked for it. */
export function measuredExtractor<Axis extends string>(
  extractor: FeatureExtractor<Axis>,
  { extractions, extractionsUnderWay }: Pick<Metrics, 'extractions' | 'extractionsUnderWay'>,
): FeatureExtractor<Axis> {
  return {
    space: extractor.space,
    async extract(image, options) {
      extractionsUnderWay.inc()
      try {
        return await observed(
          (outcome, seconds) => extractions.observe({ outcome }, seconds),
          () => extractor.extract(image, options),
        )
      } finally {
        extractionsUnderWay.dec()
      }
    },
    close: () => extractor.close(),
  }
}

/** @param observe told the outcome, `ok` or the code of the error, and the seconds that it took */
async function observed<T>(observe: (outcome: string, seconds: number) => void, work: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  const seconds = () => (performance.now() - begun) / 1000
  try {
    const result = await work()
    observe('ok', seconds())
    return result
  } catch (error) {
    observe(RecommenderError.is(error) ? error.code : 'INTERNAL', seconds())
    throw error
  }
}
