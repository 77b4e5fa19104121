import type { IndexEntry } from '../../../../src/similarity-index.ts'
import { seededRandom } from '../../../../src/testing/seeded-random.ts'
import { KnownAnswers } from './known-answers.ts'
import { mixedEntries } from './mixed-entries.ts'

export const largeShape = { dimensions: 300, metric: 'euclidean' } as const

/** Two states of an index, of which not one entry is the same, each of more than a megabyte: several writes. */
export const states = { old: stateOf('old', 1, 900), new: stateOf('new', 2, 1000) }

function stateOf(position: string, seed: number, count: number) {
  const random = seededRandom(seed)
  const dense = Array.from({ length: count }, (_, at): IndexEntry => {
    const vector = Float32Array.from({ length: largeShape.dimensions }, () => random() - 0.5)
    return { id: `${position}/${at}`, vector, tags: [position] }
  })
  const entries = [...dense, ...mixedEntries(count, largeShape.dimensions, 100 * seed)]
  return { entries, position, answers: new KnownAnswers(largeShape, entries, position) }
}
