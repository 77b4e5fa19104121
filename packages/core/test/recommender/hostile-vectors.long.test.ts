import { it } from 'vitest'
import type { Metric } from '../../src/index.ts'
import { expectKeptOrRefused } from './hostile-vectors.ts'

it.each<Metric>(['euclidean', 'cosine'])(
  '10,000 generated vectors, by %s distance',
  (metric) => expectKeptOrRefused(metric, 10_000),
  300_000,
)
