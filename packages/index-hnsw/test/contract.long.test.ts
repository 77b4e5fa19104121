import type { Metric } from '@image-recommender/core'
import { similarityIndexContract } from '@image-recommender/core/testing'
import { createHnswIndex } from '@image-recommender/index-hnsw'
import { describe, it } from 'vitest'
import { indexHere, onlyWhereItMust } from './support/index-here.ts'

describe('createHnswIndex', () => {
  similarityIndexContract({ describe, it, create: (shape) => createHnswIndex(shape), recallFloor: 0.95 })
})

// Among so few images it would scan nearly always.
describe('the graph, asked whenever it can be', () => {
  const create = async (shape: { dimensions: number; metric: Metric }) =>
    indexHere({ ...shape, scans: onlyWhereItMust })
  similarityIndexContract({ describe, it, create, recallFloor: 0.95 })
})
