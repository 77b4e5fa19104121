import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Box } from '../../src/feature-extractor.ts'
import { Arrangement } from '../../src/ranking/arrangement.ts'
import { lookOf, type SeenObject } from '../../src/ranking/look.ts'

const DOG = 17
const PERSON = 1
const SHEEP = 19

type PlacedObject = Omit<SeenObject, 'color'>

const placesOf = (objects: readonly PlacedObject[]) =>
  lookOf(
    objects.map((object) => ({ ...object, color: null })),
    null,
  )
const likeness = (query: readonly PlacedObject[], objects: readonly PlacedObject[]) =>
  new Arrangement(placesOf(query)).likeness(placesOf(objects))
const at = (axis: number, ...box: Box): PlacedObject => ({ axis, box })
const unknown = (axis: number): PlacedObject => ({ axis, box: null })
const mirrored = ({ axis, box }: PlacedObject): PlacedObject => ({
  axis,
  box: box && [1 - box[0] - box[2], box[1], box[2], box[3]],
})

const side = fc.double({ min: 0.01, max: 1, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const box = fc
  .tuple(share, share, side, side)
  .map(([x, y, width, height]): Box => [x * (1 - width), y * (1 - height), width, height])
const axis = fc.integer({ min: 1, max: 4 })
const placed = fc.record({ axis, box })
const object = fc.record({ axis, box: fc.option(box, { freq: 6 }) })
const objects = fc.array(object, { maxLength: 12 })
const settings = { seed: 1, numRuns: 300 }

describe('Arrangement', () => {
  const scene = [at(PERSON, 0.1, 0.3, 0.2, 0.6), at(DOG, 0.4, 0.7, 0.2, 0.2), at(SHEEP, 0.7, 0.6, 0.2, 0.2)]

  it('is as its formula says', () => {
    const moved = likeness([at(DOG, 0.2, 0.4, 0.2, 0.2)], [at(DOG, 0.2, 0.55, 0.2, 0.2)])
    expect(moved).toBeCloseTo(Math.exp(-1 / 2), 12)
    const larger = likeness([at(DOG, 0.4, 0.4, 0.1, 0.2)], [at(DOG, 0.35, 0.4, 0.2, 0.2)])
    expect(larger).toBeCloseTo(Math.exp(-((Math.LN2 / 0.7) ** 2) / 2), 12)
    const higher = likeness([at(DOG, 0.4, 0.4, 0.2, 0.1)], [at(DOG, 0.4, 0.35, 0.2, 0.2)])
    expect(higher).toBeCloseTo(larger, 12)
    const half = likeness([at(DOG, 0.2, 0.4, 0.2, 0.2), at(PERSON, 0.5, 0.2, 0.2, 0.6)], [at(DOG, 0.2, 0.4, 0.2, 0.2)])
    expect(half).toBeCloseTo(2 / 2.5, 12)
  })

  it('is from 0 to 1', () => {
    const property = fc.property(objects, objects, (query, other) => {
      const value = likeness(query, other)
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1)
    })
    fc.assert(property, settings)
  })

  it('is 1 for the same arrangement, in whatever order', () => {
    const shuffled = objects.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    )
    fc.assert(
      fc.property(shuffled, ([all, order]) => {
        expect(likeness(all, order)).toBe(1)
      }),
      settings,
    )
  })

  it('is less for anything that is not quite the same', () => {
    expect(likeness(scene, [at(PERSON, 0.1, 0.3, 0.2, 0.61), ...scene.slice(1)])).toBeLessThan(1)
    expect(likeness(scene, [at(PERSON, 0.11, 0.3, 0.2, 0.6), ...scene.slice(1)])).toBeLessThan(1)
    expect(likeness(scene, scene.slice(1))).toBeLessThan(1)
    expect(likeness(scene, [...scene, at(DOG, 0.1, 0.1, 0.1, 0.1)])).toBeLessThan(1)
  })

  it('is symmetric', () => {
    const property = fc.property(objects, objects, (one, other) => {
      expect(likeness(one, other)).toBeCloseTo(likeness(other, one), 12)
    })
    fc.assert(property, settings)
  })

  it('does not depend on the order of the objects, nor on what was compared before', () => {
    const property = fc.property(objects, objects, objects, (query, other, before) => {
      const arrangement = new Arrangement(placesOf([...query].reverse()))
      arrangement.likeness(placesOf(before))
      expect(arrangement.likeness(placesOf([...other].reverse()))).toBeCloseTo(likeness(query, other), 12)
    })
    fc.assert(property, settings)
  })

  it('never rises when an object moves away from where all others are, or shrinks away', () => {
    const lower = fc.double({ min: 0, max: 5, noNaN: true })
    const query = fc.array(placed, { minLength: 1, maxLength: 6 })
    const property = fc.property(
      query,
      fc.array(placed, { maxLength: 6 }),
      placed,
      lower,
      lower,
      (all, rest, one, a, b) => {
        // Below the image, so that it moves away from everything, mirrored or not.
        const [x, , width, height] = one.box
        const placedAt = (y: number) => [...rest, { axis: one.axis, box: [x, 2 + y, width, height] as const }]
        const [near, far] = [Math.min(a, b), Math.max(a, b)]
        expect(likeness(all, placedAt(far))).toBeLessThanOrEqual(likeness(all, placedAt(near)) + 1e-12)
      },
    )
    fc.assert(property, settings)
    const shrunk = [1, 0.8, 0.5, 0.2].map((by) =>
      likeness(scene, [at(PERSON, 0.2 - by / 10, 0.3, 0.2 * by, 0.6), ...scene.slice(1)]),
    )
    expect(shrunk).toEqual([...shrunk].sort((a, b) => b - a))
    expect(new Set(shrunk).size).toBe(4)
  })

  it('takes the mirror image for nearly the same', () => {
    expect(likeness(scene, scene.map(mirrored))).toBeCloseTo(0.95, 12)
    expect(likeness([...scene, unknown(4)], [...scene.map(mirrored), unknown(4)])).toBeCloseTo(0.95, 12)
    const property = fc.property(objects, objects, (one, other) => {
      expect(likeness(one.map(mirrored), other)).toBeCloseTo(likeness(one, other.map(mirrored)), 12)
    })
    fc.assert(property, settings)
  })

  it('tells one from many, and some from more', () => {
    const herd = Array.from({ length: 6 }, (_, place) => at(SHEEP, 0.15 * place, 0.6, 0.12, 0.12))
    const alike = [1, 2, 4, 6].map((count) => likeness(herd, herd.slice(0, count)))
    expect(alike).toEqual([...alike].sort((a, b) => a - b))
    expect(alike[0]).toBeLessThan(0.6)
  })

  it('compares objects with those of their class only', () => {
    expect(likeness([at(DOG, 0.1, 0.1, 0.2, 0.2)], [at(PERSON, 0.1, 0.1, 0.2, 0.2)])).toBe(0)
  })

  it('takes an unknown box for neither alike nor different, and two of them for equal', () => {
    expect(likeness([unknown(DOG)], [unknown(DOG)])).toBe(1)
    expect(likeness([unknown(DOG)], [at(DOG, 0.1, 0.1, 0.2, 0.2)])).toBeCloseTo(0.5, 12)
    expect(likeness([unknown(DOG)], [unknown(PERSON)])).toBe(0)
    expect(likeness([unknown(DOG), at(DOG, 0.1, 0.1, 0.2, 0.2)], [at(DOG, 0.1, 0.1, 0.2, 0.2)])).toBeCloseTo(
      2.5 / 3,
      12,
    )
  })

  it('takes two images without objects for alike, and one without for unlike any with', () => {
    expect(likeness([], [])).toBe(1)
    expect(likeness(scene, [])).toBe(0)
    expect(likeness([], scene)).toBe(0)
  })

  it('bears boxes without an area', () => {
    for (const [width, height] of [
      [0, 0.1],
      [0.1, 0],
    ] as const) {
      const flat = [at(DOG, 0.5, 0.5, width, height)]
      expect(likeness(flat, flat)).toBe(1)
      expect(likeness(flat, [at(DOG, 0.5, 0.5, 0.2, 0.2)])).toBeLessThan(0.1)
    }
  })

  it('looks at the first 32 objects of a crowd', () => {
    const crowd = Array.from({ length: 100 }, (_, place) =>
      at(PERSON, (place % 10) / 10, Math.floor(place / 10) / 10, 0.05, 0.1),
    )
    expect(likeness(crowd, crowd)).toBe(1)
    expect(likeness(crowd, crowd.slice(0, 32))).toBe(1)
    expect(likeness(crowd, crowd.slice(0, 31))).toBeLessThan(1)
  })
})
