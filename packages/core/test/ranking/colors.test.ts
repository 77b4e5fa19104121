import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Appearance, Lab } from '../../src/feature-extractor.ts'
import { Colors } from '../../src/ranking/colors.ts'
import { type ColoredPicture, lookOf, type SeenObject } from '../../src/ranking/look.ts'

const BUS = 6
const DOG = 17
const RED: Lab = [53, 80, 67]
const GREEN: Lab = [88, -86, 83]
const BLUE: Lab = [32, 79, -108]

type ColoredObject = Omit<SeenObject, 'box'>
type Image = readonly [objects: readonly ColoredObject[], appearance: ColoredPicture | null]

const coloringOf = (...[objects, appearance]: Image) =>
  lookOf(
    objects.map((object) => ({ ...object, box: null })),
    appearance,
  )
const likeness = (query: Image, other: Image) => new Colors(coloringOf(...query)).likeness(coloringOf(...other))
const picture = (...palette: readonly (readonly [color: Lab, share: number])[]): ColoredPicture => ({
  palette: palette.map(([color, share]) => ({ color, share })),
})
/** Of the palettes, or of the objects alone: what the other part adds is 1. */
const ofPalettes = (one: ColoredPicture | null, other: ColoredPicture | null) =>
  (likeness([[], one], [[], other]) - 0.4) / 0.6
const ofObjects = (one: readonly ColoredObject[], other: readonly ColoredObject[]) =>
  (likeness([one, null], [other, null]) - 0.6) / 0.4

const color: fc.Arbitrary<Lab> = fc.tuple(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.double({ min: -100, max: 100, noNaN: true }),
)
/** Some of a few, so that colours are often equal or equally far from each other. */
const grey: fc.Arbitrary<Lab> = fc.integer({ min: 0, max: 5 }).map((step) => [10 * step, 0, 0])
const palette: fc.Arbitrary<Appearance['palette']> = fc.array(
  fc.record({ color: fc.oneof(color, grey), share: fc.constantFrom(0, 0.05, 0.1, 0.125) }),
  { maxLength: 8 },
)
const object = fc.record({ axis: fc.integer({ min: 1, max: 4 }), color: fc.option(fc.oneof(color, grey), { freq: 6 }) })
const objects = fc.array(object, { maxLength: 12 })
const appearance: fc.Arbitrary<ColoredPicture | null> = fc.option(fc.record({ palette }), { freq: 6 })
const image: fc.Arbitrary<Image> = fc.tuple(objects, appearance)
const settings = { seed: 1, numRuns: 300 }

describe('Colors', () => {
  it('is from 0 to 1', () => {
    const property = fc.property(image, image, (one, other) => {
      const value = likeness(one, other)
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1)
    })
    fc.assert(property, settings)
  })

  it('is 1 for equal colours, whatever is unknown of them', () => {
    fc.assert(
      fc.property(image, (one) => {
        expect(likeness(one, one)).toBeCloseTo(1, 12)
      }),
      settings,
    )
  })

  it('is symmetric', () => {
    const property = fc.property(image, image, (one, other) => {
      expect(likeness(one, other)).toBeCloseTo(likeness(other, one), 12)
    })
    fc.assert(property, settings)
  })

  it('does not depend on the order of the objects, nor on what was compared before', () => {
    const property = fc.property(image, image, image, (query, other, before) => {
      const colours = new Colors(coloringOf([...query[0]].reverse(), query[1]))
      colours.likeness(coloringOf(...before))
      expect(colours.likeness(coloringOf([...other[0]].reverse(), other[1]))).toBeCloseTo(likeness(query, other), 12)
    })
    fc.assert(property, settings)
  })

  it('comes to an end even with shares that are no numbers', () => {
    const endless = picture([RED, Number.POSITIVE_INFINITY], [GREEN, 0.5])
    expect(ofPalettes(endless, picture([RED, 0.5], [GREEN, 0.5]))).toBeNaN()
  })

  it('falls with the distance of two colours as a bell curve', () => {
    expect(ofPalettes(picture([[50, 0, 0], 1]), picture([[50, 9, 12], 1]))).toBeCloseTo(Math.exp(-1 / 2), 12)
    expect(ofObjects([{ axis: DOG, color: [50, 0, 0] }], [{ axis: DOG, color: [80, 0, 0] }])).toBeCloseTo(
      Math.exp(-2),
      12,
    )
  })

  describe('of palettes', () => {
    it('carries shares over to the nearest colours', () => {
      expect(ofPalettes(picture([RED, 0.7], [BLUE, 0.3]), picture([BLUE, 0.6], [RED, 0.4]))).toBeCloseTo(0.7, 9)
      expect(ofPalettes(picture([RED, 1]), picture([GREEN, 1]))).toBeLessThan(1e-6)
    })

    it('takes the nearest first', () => {
      // The two that are equal go together, though the others would have been nearer by and large.
      const [dark, middle, light] = [
        [40, 0, 0],
        [50, 0, 0],
        [60, 0, 0],
      ] as const
      const alike = ofPalettes(picture([dark, 0.5], [middle, 0.5]), picture([middle, 0.5], [light, 0.5]))
      expect(alike).toBeCloseTo(0.5 + 0.5 * Math.exp(-((20 / 15) ** 2) / 2), 12)
    })

    it('does not mind that small shares were left out', () => {
      expect(ofPalettes(picture([RED, 0.4], [BLUE, 0.4]), picture([RED, 0.5], [BLUE, 0.5]))).toBeCloseTo(1, 12)
    })

    it('takes an unknown one for neither alike nor different, and two of them for equal', () => {
      expect(ofPalettes(null, null)).toBeCloseTo(1, 12)
      expect(ofPalettes(null, picture())).toBeCloseTo(1, 12)
      expect(ofPalettes(picture([RED, 0]), picture())).toBeCloseTo(1, 12)
      expect(ofPalettes(null, picture([RED, 1]))).toBeCloseTo(0.5, 12)
      expect(ofPalettes(picture([RED, 1]), picture())).toBeCloseTo(0.5, 12)
    })
  })

  describe('of objects', () => {
    it('compares those of one class', () => {
      const street: ColoredObject[] = [
        { axis: BUS, color: RED },
        { axis: DOG, color: BLUE },
      ]
      expect(
        ofObjects(street, [
          { axis: BUS, color: RED },
          { axis: DOG, color: BLUE },
        ]),
      ).toBeCloseTo(1, 12)
      expect(
        ofObjects(street, [
          { axis: BUS, color: BLUE },
          { axis: DOG, color: RED },
        ]),
      ).toBeLessThan(1e-6)
      expect(ofObjects(street, [{ axis: BUS, color: RED }])).toBeCloseTo(1, 12)
    })

    it('compares each with the one of nearest colour', () => {
      const dogs = (...colors: Lab[]) => colors.map((color) => ({ axis: DOG, color }))
      expect(ofObjects(dogs(RED, BLUE), dogs(BLUE, RED))).toBeCloseTo(1, 12)
      expect(ofObjects(dogs(RED, BLUE), dogs(RED))).toBeCloseTo(2 / 3, 9)
      expect(ofObjects(dogs(RED, RED, BLUE), dogs(RED, GREEN))).toBeCloseTo(3 / 5, 9)
    })

    it('never rises when the colour of one moves away from all others', () => {
      const step = fc.double({ min: 0, max: 100, noNaN: true })
      const property = fc.property(objects, objects, object, step, step, (all, rest, one, a, b) => {
        const faraway = (by: number): ColoredObject[] => [...rest, { axis: one.axis, color: [100 + by, 0, 0] }]
        const [near, far] = [Math.min(a, b), Math.max(a, b)]
        expect(ofObjects(all, faraway(far))).toBeLessThanOrEqual(ofObjects(all, faraway(near)) + 1e-9)
      })
      fc.assert(property, settings)
    })

    it('takes an unknown colour for neither alike nor different, and two of them for equal', () => {
      expect(ofObjects([{ axis: DOG, color: null }], [{ axis: DOG, color: null }])).toBeCloseTo(1, 12)
      expect(ofObjects([{ axis: DOG, color: null }], [{ axis: DOG, color: RED }])).toBeCloseTo(0.5, 12)
    })

    it('says nothing where no class is in both images, unless neither has any', () => {
      expect(ofObjects([{ axis: DOG, color: RED }], [{ axis: BUS, color: RED }])).toBeCloseTo(0.5, 12)
      expect(ofObjects([{ axis: DOG, color: RED }], [])).toBeCloseTo(0.5, 12)
      expect(ofObjects([], [])).toBeCloseTo(1, 12)
    })
  })

  it('looks at the first 32 objects and 8 colours', () => {
    const crowd = Array.from({ length: 100 }, (_, at) => ({ axis: DOG, color: [at, 0, 0] as const }))
    expect(ofObjects(crowd, crowd)).toBeCloseTo(1, 12)
    expect(ofObjects(crowd, crowd.slice(0, 32))).toBeCloseTo(1, 12)
    expect(ofObjects(crowd, crowd.slice(0, 31))).toBeLessThan(1 - 1e-6)
    const many = picture(...crowd.slice(0, 20).map(({ color }) => [color, 0.05] as const))
    expect(ofPalettes(many, { palette: many.palette.slice(0, 8) })).toBeCloseTo(1, 12)
    expect(ofPalettes(many, { palette: many.palette.slice(0, 7) })).toBeLessThan(1 - 1e-6)
  })
})
