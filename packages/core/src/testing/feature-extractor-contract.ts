import assert from 'node:assert/strict'
import { type ErrorCode, RecommenderError } from '../errors.ts'
import type { Extraction, FeatureExtractor } from '../feature-extractor.ts'
import { FACT_THRESHOLD } from '../object-vector.ts'
import type { TestRunner } from './test-runner.ts'

export interface FeatureExtractorContractOptions extends TestRunner {
  /** Gives an extractor for each test; the suite closes it. */
  create(): Promise<FeatureExtractor>
  /** At least two different images that the extractor can read, one of them with an object that it recognises. */
  readonly images: readonly Uint8Array[]
}

/** What every `FeatureExtractor` must do, as tests. Register it inside a `describe` of yours. */
export function featureExtractorContract({ describe, it, create, images }: FeatureExtractorContractOptions): void {
  const withExtractor = (test: (extractor: FeatureExtractor) => Promise<void>) => async () => {
    const extractor = await create()
    try {
      await test(extractor)
    } finally {
      await extractor.close()
    }
  }

  describe('space', () => {
    it(
      'has an id, axes of different names, and a threshold from 0 to 1 or none',
      withExtractor(async ({ space }) => {
        assert.ok(space.id.length > 0)
        assert.ok(space.axes.length > 0)
        assert.equal(new Set(space.axes).size, space.axes.length)
        assert.ok(space.threshold === null || (space.threshold >= 0 && space.threshold <= 1))
      }),
    )
  })

  describe('extract', () => {
    it(
      'returns facts that can be relied on',
      withExtractor(async (extractor) => {
        let recognised = 0
        for (const image of images) {
          const extraction = await extractor.extract(image)
          assertFacts(extraction, extractor)
          if (extraction.vector.some((value) => value !== 0)) recognised++
        }
        assert.ok(recognised > 0, 'something is recognised in at least one of the images')
      }),
    )

    it(
      'derives the vector from the objects, where the space has a threshold',
      withExtractor(async (extractor) => {
        const { threshold } = extractor.space
        if (threshold === null) return
        for (const image of images) {
          const { objects, vector } = await extractor.extract(image)
          for (const [axis, value] of vector.entries()) {
            const scores: number[] = objects
              .filter((it) => it.axis === axis && it.score >= threshold)
              .map(({ score }) => score)
            assert.equal(
              value,
              Math.fround(Math.max(0, ...scores)),
              `the best score on the axis ${extractor.space.axes[axis]}`,
            )
          }
        }
      }),
    )

    it(
      'gives the same for the same bytes, also from another instance',
      withExtractor(async (extractor) => {
        const other = await create()
        try {
          for (const image of images) {
            const extraction = await extractor.extract(image)
            assert.deepEqual(await extractor.extract(image), extraction)
            assert.deepEqual(await other.extract(image), extraction)
          }
          assert.deepEqual(other.space, extractor.space)
        } finally {
          await other.close()
        }
      }),
    )

    it(
      'keeps overlapping calls apart',
      withExtractor(async (extractor) => {
        const alone: Extraction[] = []
        for (const image of images) alone.push(await extractor.extract(image))
        const many = Array.from({ length: 12 }, (_, at) => at % images.length)
        const together = await Promise.all(many.map((at) => extractor.extract(images[at]!)))
        assert.deepEqual(
          together,
          many.map((at) => alone[at]),
        )
      }),
    )

    it(
      'only reads the bytes, also where they are part of a larger buffer',
      withExtractor(async (extractor) => {
        const image = images[0]!
        const larger = new Uint8Array(image.length + 20).fill(0x41)
        larger.set(image, 7)
        const before = larger.slice()
        const extraction = await extractor.extract(larger.subarray(7, 7 + image.length))
        assert.deepEqual(larger, before)
        assert.deepEqual(extraction, await extractor.extract(image))
      }),
    )

    for (const [what, bytes] of [
      ['no bytes at all', new Uint8Array(0)],
      ['text', new TextEncoder().encode('This is not an image.')],
      ['noise', Uint8Array.from({ length: 4096 }, (_, at) => (at * 7919) % 251)],
    ] as const) {
      it(
        `rejects ${what} with IMAGE_UNREADABLE, and goes on working`,
        withExtractor(async (extractor) => {
          await assert.rejects(extractor.extract(bytes), hasCode('IMAGE_UNREADABLE'))
          assertFacts(await extractor.extract(images[0]!), extractor)
        }),
      )
    }

    it(
      'rejects with ABORTED where the signal is aborted, before or meanwhile',
      withExtractor(async (extractor) => {
        await assert.rejects(extractor.extract(images[0]!, { signal: AbortSignal.abort() }), hasCode('ABORTED'))
        const controller = new AbortController()
        const calls = Array.from({ length: 6 }, () => extractor.extract(images[0]!, { signal: controller.signal }))
        controller.abort()
        for (const outcome of await Promise.allSettled(calls)) {
          // What had already ended may have been delivered.
          if (outcome.status === 'rejected') assert.ok(hasCode('ABORTED')(outcome.reason))
        }
        assertFacts(await extractor.extract(images[0]!), extractor)
      }),
    )
  })

  describe('close', () => {
    it('can be called twice, and lets nothing begin any more', async () => {
      const extractor = await create()
      await extractor.close()
      await extractor.close()
      await assert.rejects(extractor.extract(images[0]!), hasCode('CLOSED'))
    })

    for (const milliseconds of [0, 10, 50]) {
      it(`settles what is under way, closed after ${milliseconds} ms`, async () => {
        const extractor = await create()
        const outcomes = Promise.allSettled([...images, ...images].map((image) => extractor.extract(image)))
        await new Promise((resolve) => setTimeout(resolve, milliseconds))
        await extractor.close()
        for (const outcome of await outcomes) {
          if (outcome.status === 'rejected') assert.ok(hasCode('CLOSED')(outcome.reason))
        }
      })
    }
  })
}

function assertFacts({ objects, vector, width, height, appearance }: Extraction, { space }: FeatureExtractor): void {
  assert.ok(vector instanceof Float32Array)
  assert.equal(vector.length, space.axes.length)
  assert.ok(vector.every(Number.isFinite))
  assert.ok(Number.isInteger(width) && width > 0)
  assert.ok(Number.isInteger(height) && height > 0)
  for (const [at, { axis, score, box, color }] of objects.entries()) {
    assert.ok(Number.isInteger(axis) && axis >= 0 && axis < space.axes.length)
    assert.ok(score >= Math.fround(FACT_THRESHOLD) && score <= 1, `a score of ${score}`)
    assert.ok(at === 0 || objects[at - 1]!.score >= score, 'best first')
    if (box) {
      const [x, y, w, h] = box
      assert.ok(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 1 + 1e-6 && y + h <= 1 + 1e-6, `a box of ${box}`)
    }
    if (color) assert.ok(color[0] >= 0 && color[0] <= 100 && color.every(Number.isFinite), `a colour of ${color}`)
  }
  if (appearance) {
    assert.match(appearance.hash, /^[0-9a-f]{16}$/)
    const shares = appearance.palette.map(({ share }) => share)
    assert.ok(shares.reduce((sum, share) => sum + share, 0) <= 1 + 1e-6)
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => b - a),
    )
  }
}

function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => RecommenderError.is(error, code)
}
