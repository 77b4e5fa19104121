import { readFileSync } from 'node:fs'
import { featureExtractorContract } from '@image-recommender/core/testing'
import { describe, it } from 'vitest'
import { photos } from '../../quickstart/demo.js'
import { createColorHistogramExtractor } from '../color-histogram.js'

describe('an extractor by colours', () => {
  featureExtractorContract({
    describe,
    it,
    create: async () => createColorHistogramExtractor(),
    images: ['airport-004.webp', 'beach-001.webp', 'kitchen-001.webp'].map((name) => readFileSync(photos + name)),
  })
})
