import { createRecommender, RecommenderError } from '@image-recommender/core'
import { createFakeExtractor, fakeImage } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { measured, measuredExtractor } from '../../src/operations/measured.ts'
import { createMetrics, type Metrics } from '../../src/operations/metrics.ts'
import { metricsRoute } from '../../src/operations/metrics-route.ts'
import { operatedApp } from './operated-app.ts'

const bytes = fakeImage({ dog: 0.9 })

async function measuredRecommender() {
  const fake = createFakeExtractor()
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const metrics: Metrics = createMetrics(() => recommender.count())
  const extractor = measuredExtractor(
    {
      ...fake,
      async extract(image, options) {
        await held
        return fake.extract(image, options)
      },
    },
    metrics,
  )
  const recommender = measured(await createRecommender({ extractor }), metrics)
  return { metrics, recommender, release }
}

/** The value of one line of what Prometheus is given; `undefined`: there is none. */
async function metricOf({ registry }: Metrics, line: string): Promise<number | undefined> {
  const found = (await registry.metrics()).split('\n').find((text) => text.startsWith(`${line} `))
  return found === undefined ? undefined : Number(found.slice(line.length))
}

describe('measured', () => {
  it('counts what is under way, then how it ended and how long it took', async () => {
    const { metrics, recommender, release } = await measuredRecommender()
    const adding = Promise.all([1, 2, 3].map((at) => recommender.add({ id: `${at}`, image: bytes })))
    await expect.poll(() => metricOf(metrics, 'image_recommender_extractions_under_way')).toBe(3)
    expect(await metricOf(metrics, 'image_recommender_calls_under_way{call="add"}')).toBe(3)
    expect(await metricOf(metrics, 'image_recommender_extraction_seconds_count{outcome="ok"}')).toBeUndefined()
    release()
    await adding
    expect(await metricOf(metrics, 'image_recommender_extractions_under_way')).toBe(0)
    expect(await metricOf(metrics, 'image_recommender_calls_under_way{call="add"}')).toBe(0)
    expect(await metricOf(metrics, 'image_recommender_extraction_seconds_count{outcome="ok"}')).toBe(3)
    expect(await metricOf(metrics, 'image_recommender_call_seconds_count{call="add",outcome="ok"}')).toBe(3)
    expect(await metricOf(metrics, 'image_recommender_call_seconds_sum{call="add",outcome="ok"}')).toBeGreaterThan(0)
    await recommender.close()
  })

  it('names a failure by its code, and hands it on as it is', async () => {
    const { metrics, recommender, release } = await measuredRecommender()
    release()
    const failure = await recommender.add({ id: 'a', image: new Uint8Array([1]) }).catch((error) => error)
    expect(RecommenderError.is(failure) && failure.code).toBe('IMAGE_UNREADABLE')
    await expect(recommender.similarTo('unknown')).rejects.toThrow('unknown')
    const outcome = (call: string, code: string) =>
      metricOf(metrics, `image_recommender_call_seconds_count{call="${call}",outcome="${code}"}`)
    expect(await outcome('add', 'IMAGE_UNREADABLE')).toBe(1)
    expect(await outcome('similarTo', 'IMAGE_NOT_FOUND')).toBe(1)
    await recommender.close()
  })

  it('forwards every method with all that it is given', async () => {
    const asked: string[] = []
    const real = await createRecommender({ extractor: createFakeExtractor() })
    const recorder = new Proxy(real, {
      get: (target, key) => {
        if (key === 'space') return target.space
        return (...given: unknown[]) => {
          asked.push(`${String(key)}(${given.map(String)})`)
        }
      },
    })
    const forwarding = measured(
      recorder,
      createMetrics(async () => 0),
    )
    // That none is missing, the compiler knows.
    const methods = Object.keys(forwarding).filter((key) => key !== 'space')
    expect(methods.length).toBeGreaterThan(14)
    for (const method of methods) {
      await (forwarding as unknown as Record<string, (...given: string[]) => unknown>)[method]!('a', 'b')
    }
    const alone = new Set(['count', 'close'])
    expect(asked).toEqual(methods.map((method) => `${method}(${alone.has(method) ? '' : 'a,b'})`))
    expect(forwarding.space).toBe(real.space)
    await real.close()
  })
})

describe('metricsRoute', () => {
  it('names routes by their pattern, and all that leads nowhere alike', async () => {
    const app = operatedApp()
    const metrics = createMetrics(async () => 7)
    metricsRoute(app, metrics)
    app.get('/images/:id', (_request, reply) => reply.code(204).send())
    app.get('/broken', () => {
      throw new Error('broken')
    })
    for (const url of ['/images/secret-1', '/images/secret-2?token=x', '/nothing-1', '/nothing-2', '/broken'])
      await app.inject(url)
    const answer = await app.inject('/metrics')
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    const counted = answer.body.match(/^http_request_duration_seconds_count.*$/gm)
    expect(counted?.sort()).toEqual([
      'http_request_duration_seconds_count{method="GET",route="/broken",status="5xx"} 1',
      'http_request_duration_seconds_count{method="GET",route="/images/:id",status="2xx"} 2',
      'http_request_duration_seconds_count{method="GET",route="none",status="4xx"} 2',
    ])
    expect(answer.body).not.toMatch(/secret|nothing/)
    expect(answer.body).toContain('image_recommender_images 7\n')
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ]) {
      expect(answer.body).toContain(`\n${name} `)
    }
  })

  it('goes on where the images cannot be counted', async () => {
    let works = true
    const metrics = createMetrics(async () => {
      if (works) return 7
      throw new Error('The database is not there.')
    })
    expect(await metricOf(metrics, 'image_recommender_images')).toBe(7)
    works = false
    expect(await metricOf(metrics, 'image_recommender_images')).toBeUndefined()
    expect(await metricOf(metrics, 'nodejs_eventloop_lag_p99_seconds')).toBeDefined()
    works = true
    expect(await metricOf(metrics, 'image_recommender_images')).toBe(7)
  })

  it('counts two servers in one process apart', async () => {
    const [one, other] = [createMetrics(async () => 1), createMetrics(async () => 2)]
    one.callsUnderWay.inc({ call: 'add' })
    expect(await metricOf(one, 'image_recommender_calls_under_way{call="add"}')).toBe(1)
    expect(await metricOf(other, 'image_recommender_calls_under_way{call="add"}')).toBeUndefined()
    expect(await metricOf(other, 'image_recommender_images')).toBe(2)
  })
})
