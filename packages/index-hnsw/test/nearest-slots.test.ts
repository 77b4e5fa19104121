import { seededRandom } from '@image-recommender/core/testing'
import { expect, it } from 'vitest'
import { NearestSlots } from '../src/search/nearest-slots.ts'
import { VectorTable } from '../src/table/vector-table.ts'
import { byPlace, ModelIndex } from './support/model-index.ts'

// Far more than are gathered before the worst are let go, and many of them equally near.
it.each([1, 3, 40, 700, 6000, Number.POSITIVE_INFINITY])('keeps the %d best of many, ties by their ids', (limit) => {
  const random = seededRandom(1)
  const table = new VectorTable(2)
  const model = new ModelIndex(2, 'euclidean')
  for (let at = 0; at < 5000; at++) {
    const vector = Float32Array.of(Math.floor(random() * 6), 0)
    const entry = { id: `${random()}`, vector, tags: [] }
    table.put(entry)
    model.put([entry])
  }
  const vector = Float32Array.of(0.25, 0)
  const all = model.search({ vector, limit: 5000 })
  for (const after of [undefined, all[0], all[1700], { ...all[1700]!, id: '' }, all[4999]]) {
    const nearest = new NearestSlots(table, 'euclidean', { vector, limit, after })
    for (let slot = 0; slot < table.end; slot++) nearest.offer(slot)
    const found = nearest.sorted().map(({ slot, distance }) => ({ id: table.idOf(slot)!, distance }))
    const wanted = all.filter((match) => !after || byPlace(match, after) > 0).slice(0, limit)
    expect(found).toEqual(wanted.map(({ id, distance }) => ({ id, distance })))
  }
})
