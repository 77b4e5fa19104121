import { expect, it } from 'vitest'
import { ChangeLog } from '../../src/memory-store/change-log.ts'

it('stays as small as the number of ids, however often they change, and keeps every reader right', () => {
  const log = new ChangeLog()
  const ids = Array.from({ length: 100 }, (_, at) => `image-${at}`)
  let reached = 0
  for (let round = 0; round < 200; round++) {
    for (const id of ids) log.append(id)
    const changes = log.after(reached, 1000)
    expect(changes.map(({ id }) => id)).toEqual(ids)
    reached = Number(changes.at(-1)!.position)
  }
  expect(log.after(0, 1000)).toHaveLength(100)
  expect(log.after(reached, 1000)).toEqual([])
  // 20,000 changes went in; what a reader has to walk over is bounded.
  expect(log.length).toBeLessThan(2 * 100 + 1024 + 2)
})
