import { describe, expect, it } from 'vitest'
import { type DetrResult, detections } from '../../src/detr/detections.ts'

const SCALED = { width: 200, height: 100 }

/** @param rows of each query its logits; its box is the middle, unless `boxes` says otherwise */
function result(rows: readonly (readonly number[])[], boxes: readonly (readonly number[])[] = []): DetrResult {
  return {
    logits: { data: Float32Array.from(rows.flat()), dims: [1, rows.length, rows[0]!.length] },
    boxes: {
      data: Float32Array.from(rows.flatMap((_, query) => boxes[query] ?? [0.5, 0.5, 0.25, 0.5])),
      dims: [1, rows.length, 4],
    },
  }
}

const AXES = [1, 0, 2]
const found = (...input: Parameters<typeof result>) => detections(result(...input), 'sigmoid', AXES, SCALED)

describe('by sigmoid', () => {
  it('one query can stand for several classes, which have the same box', () => {
    const nothing = [-9, -9, -9]
    const both = found([[2, 3, 1], nothing, nothing])
    expect(both.map(({ axis }) => axis)).toEqual([1, 2])
    expect(both.map(({ score }) => score)).toEqual([2, 1].map((logit) => Math.fround(1 / (1 + Math.exp(-logit)))))
    expect(both[0]!.box).toEqual({ left: 75, top: 25, right: 125, bottom: 75 })
    expect(both[1]!.box).toEqual(both[0]!.box)
  })

  it('keeps as many pairs as there are queries, the best ones, those counted that are dropped', () => {
    // Three queries: 5 and 4 of the first, 3 of the second, in the dropped column.
    const rows = [
      [5, -9, 4],
      [2, 3, -9],
      [1, -9, -9],
    ]
    expect(found(rows).map(({ axis, score }) => [axis, score.toFixed(3)])).toEqual([
      [1, '0.993'],
      [2, '0.982'],
    ])
  })

  it('keeps scores from 0.3, and equal ones in the order of queries', () => {
    const logit = (score: number) => Math.log(score / (1 - score))
    const rows = [0.2999, 0.3001, 0.9, 0.3001].map((score) => [logit(score), -99, -99])
    const boxes = rows.map((_, query) => [0.1 * (query + 1), 0.5, 0.1, 0.1])
    expect(found(rows, boxes).map(({ box }) => Math.round(box.left))).toEqual([50, 30, 70])
  })

  it('is 0 or 1 for logits that are far out, and nothing for those that are no number', () => {
    const rows = [
      [1e30, -1e30, Number.NaN],
      [Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY],
    ]
    expect(found(rows).map(({ axis, score }) => [axis, score])).toEqual([
      [1, 1],
      [2, 1],
    ])
  })
})

describe('by softmax', () => {
  const found = (...input: Parameters<typeof result>) => detections(result(...input), 'softmax', [1, 0, 2, 0], SCALED)

  it('takes the best class of each query, by its share of all, "no object" included', () => {
    const [best, ...others] = found([[1, 0, 2, 1.5]])
    const all = [1, 0, 2, 1.5].reduce((sum, logit) => sum + Math.exp(logit), 0)
    expect(best).toMatchObject({ axis: 2, score: Math.fround(Math.exp(2) / all) })
    expect(others).toEqual([])
  })

  it('finds a class that is less likely than "no object" but likely enough, and the best first', () => {
    const rows = [
      [1.25, 0, 0, 1.5],
      [0, 0, 3, -9],
    ]
    const shares = rows.map(
      (row) => Math.exp(Math.max(...row.slice(0, 3))) / row.reduce((sum, it) => sum + Math.exp(it), 0),
    )
    expect(shares[0]).toBeGreaterThan(0.3)
    expect(found(rows).map(({ axis, score }) => [axis, score])).toEqual([
      [2, Math.fround(shares[1]!)],
      [1, Math.fround(shares[0]!)],
    ])
  })

  it('finds nothing where "no object" leaves less than 0.3, or where the best class is dropped', () => {
    expect(
      found([
        [2, 0, 1, 5],
        [2, 3, 0, -9],
      ]),
    ).toEqual([])
  })

  it('does not overflow', () => {
    expect(found([[2000, 0, 1000, -2000]])).toMatchObject([{ axis: 1, score: 1 }])
    expect(found([[Number.NaN, 0, 1, 0]])).toEqual([])
  })
})

describe('boxes', () => {
  it.each([
    ['beyond the image: are clipped', [0, 0.5, 0.5, 2], { left: 0, top: 0, right: 50, bottom: 100 }],
    ['as they are', [0.25, 0.25, 0.25, 0.25], { left: 25, top: 12.5, right: 75, bottom: 37.5 }],
  ])('%s', (_, box, visible) => {
    expect(found([[3, -9, -9]], [box])[0]!.visible).toEqual(visible)
  })

  it.each([
    ['NaN', [Number.NaN, 0.5, 0.5, 0.5]],
    ['infinite', [0.5, 0.5, Number.POSITIVE_INFINITY, 0.5]],
    ['empty', [0.5, 0.5, 0, 0.5]],
    ['turned over', [0.5, 0.5, -0.5, 0.5]],
    ['beyond the image wholly', [1.5, 0.5, 0.5, 0.5]],
  ])('that are %s are dropped', (_, box) => {
    expect(
      found(
        [
          [3, -9, -9],
          [2, -9, -9],
        ],
        [box],
      ),
    ).toHaveLength(1)
  })
})
