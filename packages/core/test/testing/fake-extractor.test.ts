import { describe, expect, it } from 'vitest'
import { createFakeExtractor, fakeImage, featureExtractorContract } from '../../src/testing/index.ts'

describe('createFakeExtractor', () => {
  featureExtractorContract({
    describe,
    it,
    create: async () => createFakeExtractor(),
    images: [fakeImage({ dog: 0.98, frisbee: [0.8, 0.5] }), fakeImage({ person: 0.71 }), fakeImage({})],
  })

  it('finds what was put in, and keeps low scores as facts only', async () => {
    const extractor = createFakeExtractor()
    const { objects, vector } = await extractor.extract(fakeImage({ dog: 0.9, cat: 0.5, bird: 0.1 }))
    expect(objects.map(({ axis }) => extractor.space.axes[axis])).toEqual(['dog', 'cat'])
    expect([...vector].filter((value) => value > 0)).toEqual([Math.fround(0.9)])
  })

  it('takes any space', async () => {
    const extractor = createFakeExtractor({ space: { id: 'mine', axes: ['BG', 'logo'], threshold: 0.5 } })
    expect((await extractor.extract(fakeImage({ logo: 0.6 }))).vector).toEqual(Float32Array.of(0, 0.6))
  })
})
