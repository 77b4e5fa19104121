import type { Filter, IndexEntry } from '@image-recommender/core'
import { createExactIndex } from '@image-recommender/core/exact-index'
import { seededRandom } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { describeBothShapes } from '../servers.ts'
import { closeIndexes, open } from './indexes.ts'

closeIndexes()

const dimensions = 40

describeBothShapes((server) => {
  describe.each(['euclidean', 'cosine'] as const)('%s', (metric) => {
    it.each([1, 2])(
      'two processes with one index answer as the one in memory, whatever was written: %i',
      async (seed) => {
        const random = seededRandom(seed)
        const below = (count: number) => Math.floor(random() * count)
        const options = { dimensions, metric }
        const prefix = server.freshPrefix()
        const processes = [await open(server.connect(), prefix, options), await open(server.connect(), prefix, options)]
        const truth = createExactIndex(options)

        const vectorOf = (): Float32Array => {
          const vector = new Float32Array(dimensions)
          const kind = random()
          // Sets that many have, sets of its own, at one point, in no set, and none at all.
          const classes = kind < 0.5 ? 1 + below(3) : kind < 0.8 ? 4 + below(4) : kind < 0.9 ? 1 : kind < 0.97 ? 34 : 0
          const among = kind < 0.5 ? 6 : dimensions
          for (let n = 0; n < classes; n++) {
            const value = random() < 0.1 ? -random() : random() < 0.2 ? 0.9 : 0.7 + 0.3 * random()
            vector[classes === 34 ? n : below(among)] = value
          }
          return vector
        }
        const id = () => `image-${below(300)}`
        const entry = (): IndexEntry => ({
          id: id(),
          vector: vectorOf(),
          tags: ['red', '', 'ä', 'a\u0001b', 'x'.repeat(200)].filter(() => random() < 0.2),
        })
        const filters: readonly (Filter | undefined)[] = [
          undefined,
          { tags: { any: ['red', 'ä'] } },
          { axes: { all: [{ axis: 2 }] }, exclude: ['image-1', 'image-2'] },
          { axes: { none: [{ axis: 1, atLeast: 0.85 }] }, tags: { none: [''] } },
        ]

        let position: string | undefined
        for (let step = 0; step < 60; step++) {
          const writer = processes[below(2)]!
          const to = random() < 0.5 ? position : `p:${step}`
          const feedStep = random() < 0.3 ? undefined : { from: position, to }
          const isStale = feedStep && random() < 0.2
          const given = isStale ? { from: 'p:elsewhere', to: 'p:nowhere' } : feedStep
          if (random() < 0.3) {
            const ids = Array.from({ length: below(20) }, id)
            expect(await writer.write({ delete: ids }, given)).toBe(!isStale)
            if (!isStale) await truth.write({ delete: ids })
          } else {
            const entries = Array.from({ length: below(60) }, entry)
            expect(await writer.write({ put: entries }, given)).toBe(!isStale)
            if (!isStale) await truth.write({ put: entries })
          }
          if (feedStep && !isStale) position = to
          const reader = processes[below(2)]!
          expect(await reader.position()).toBe(position)
          const where = filters[below(filters.length)]
          const vector = vectorOf()
          const limit = 1 + below(40)
          const found = await reader.search({ vector, limit, where })
          expect(found).toEqual(await truth.search({ vector, limit, where }))
          const after = found[below(found.length)]
          if (after)
            expect(await reader.search({ vector, limit, where, after })).toEqual(
              await truth.search({ vector, limit, where, after }),
            )
          expect(await reader.counts(where)).toEqual(await truth.counts(where))
        }
      },
      120_000,
    )
  })

  it('a search sees no image twice while all of them move without an end, and all of them afterwards', async () => {
    const prefix = server.freshPrefix()
    const [writer, reader] = [await open(server.connect(), prefix), await open(server.connect(), prefix)]
    const ids = Array.from({ length: 60 }, (_, at) => `image-${String(at).padStart(2, '0')}`)
    const move = (round: number) =>
      writer.write({
        put: ids.map((id, at) => {
          const vector = new Float32Array(12)
          vector[(at + round) % 12] = 0.9
          vector[(at * round + 1) % 12] = 0.8
          vector[(at + 2 * round + 5) % 12] = 0.7
          return { id, vector, tags: [] }
        }),
      })
    await move(0)
    let isMoving = true
    const moving = (async () => {
      for (let round = 1; round <= 150; round++) await move(round)
      isMoving = false
    })()
    const vector = new Float32Array(12).fill(0.5, 0, 3)
    const seen = async () => (await reader.search({ vector, limit: 100 })).map(({ id }) => id).sort()
    while (isMoving) {
      const found = await seen()
      expect(found).toEqual(ids.filter((id) => found.includes(id)))
      expect((await reader.counts({ exclude: ['nobody'] })).total).toBe(60)
    }
    await moving
    expect(await seen()).toEqual(ids)
  }, 120_000)
})
