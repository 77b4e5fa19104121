import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Box, Lab } from '../../src/feature-extractor.ts'
import { evidenceIn } from '../../src/ranking/evidence.ts'
import { lookOf } from '../../src/ranking/look.ts'
import { Looks } from '../../src/ranking/looks.ts'
import { ObjectLikeness } from '../../src/ranking/object-likeness.ts'
import type { Picture } from '../../src/ranking/picture.ts'
import { Ranking } from '../../src/ranking/ranking.ts'
import { rarityOf } from '../../src/ranking/rarity.ts'
import { sureness } from '../../src/ranking/sureness.ts'
import { type WishedExample, wishOf } from '../../src/ranking/wish.ts'
import { pictureOf, wishesOf } from './wishes.ts'

const DIMENSIONS = 6
const score = fc.oneof(
  fc.constant(0),
  fc.constantFrom(0.7, 0.9, 0.99, 0.9999, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
)
const vector = fc
  .array(score, { minLength: DIMENSIONS, maxLength: DIMENSIONS })
  .map((values) => Float32Array.from(values))
const something = vector.filter((values) => values.some((value) => value > 0))
const example = (values = vector): fc.Arbitrary<WishedExample> =>
  fc.record({
    kind: fc.constantFrom('seen' as const, 'asked' as const),
    weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
    vector: values,
  })
const rarity = fc
  .tuple(fc.nat(1000), fc.array(fc.nat(1000), { minLength: DIMENSIONS, maxLength: DIMENSIONS }))
  .map(([total, counts]) => rarityOf({ total, perAxis: Uint32Array.from(counts) }))
const BOXES: (Box | null)[] = [null, [0.1, 0.1, 0.2, 0.2], [0.4, 0.1, 0.2, 0.6], [0.7, 0.6, 0.2, 0.2]]
const EMBEDDINGS = [Float32Array.of(1, 0), Float32Array.of(3, 4), Float32Array.of(-1, 0.1), Float32Array.of(0, -2)]
const COLORS: (Lab | null)[] = [null, [50, 0, 0], [60, 20, -10], [20, 60, 60]]
const plain = (values: Float32Array) => pictureOf({ vector: values })
const byObjects = (like: readonly WishedExample[], unlike: readonly WishedExample[], weights: Float64Array) =>
  new Ranking(wishesOf({ like, unlike }), weights)
const sum = (summands: readonly { amount: number }[]) => summands.reduce((all, { amount }) => all + amount, 0)
const seen = (values: Float32Array): WishedExample => ({ kind: 'seen', weight: 1, vector: values })

describe('sureness', () => {
  it('counts the nines of a score', () => {
    expect([0.9, 0.99, 0.999, 0.9999].map((value) => sureness(value) ** (1 / 1.3))).toEqual(
      [0.25, 0.5, 0.75, 1].map((share) => expect.closeTo(share, 12)),
    )
    expect([-1, 0, Number.NaN, 0.999999, 1, 7].map(sureness)).toEqual([0, 0, 0, 1, 1, 1])
  })
})

describe('rarity', () => {
  it('is 1 for what is everywhere, and more the fewer have it', () => {
    const rarity = rarityOf({ total: 100, perAxis: Uint32Array.of(100, 50, 1, 0) })
    expect([...rarity]).toEqual([
      1,
      (1 + Math.log(101 / 51)) ** 2,
      (1 + Math.log(101 / 2)) ** 2,
      (1 + Math.log(101)) ** 2,
    ])
  })
})

describe('a ranking by objects', () => {
  const seenLook = fc.record({
    objects: fc.array(
      fc.record({ axis: fc.nat(DIMENSIONS - 1), box: fc.constantFrom(...BOXES), color: fc.constantFrom(...COLORS) }),
      {
        maxLength: 4,
      },
    ),
    appearance: fc.option(
      fc.record({
        palette: fc.array(
          fc.record({ color: fc.constantFrom(...COLORS.filter((color) => color !== null)), share: fc.constant(0.3) }),
          { maxLength: 3 },
        ),
      }),
    ),
  })
  const tags = fc.subarray(['a', 'b', 'c', 'd'])
  const weight = fc.double({ min: 0.01, max: 100, noNaN: true })
  const wishedTags = fc.array(fc.record({ weight, tags: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }) }), {
    maxLength: 3,
  })
  const wishes = fc.record({
    like: fc.array(example(something), { maxLength: 4 }),
    unlike: fc.array(example(), { maxLength: 3 }),
    tags: fc.record({ like: wishedTags, unlike: wishedTags }),
    embeddings: fc.array(fc.record({ weight, vector: fc.constantFrom(...EMBEDDINGS) }), { maxLength: 3 }),
    embeddingWeight: fc.constantFrom(0, 0.5, 4),
    looks: fc
      .tuple(
        fc.array(fc.record({ look: seenLook.map(({ objects, appearance }) => lookOf(objects, appearance)), weight }), {
          maxLength: 10,
        }),
        fc.record({ arrangement: fc.constantFrom(0, 1, 7), colors: fc.constantFrom(0, 0.3) }),
      )
      .map((given) => new Looks(...given)),
  })
  const picture = fc
    .tuple(seenLook, vector, tags, fc.option(fc.constantFrom(...EMBEDDINGS)))
    .map(([seen, values, names, embedding]) => pictureOf({ ...seen, vector: values, tags: names, embedding }))
  const anythingLiked = wishes.filter((all) => all.like.length + all.tags.like.length + all.embeddings.length > 0)

  it('adds up: what is found and disliked to the score, what is found, missing and extra to 1', () => {
    fc.assert(
      fc.property(anythingLiked, picture, rarity, (all, image, weights) => {
        const ranking = new Ranking(all, weights)
        const { score, found, missing, extra, disliked } = explained(ranking, image)
        expect(sum(found) - sum(disliked)).toBeCloseTo(score, 9)
        expect(sum(found) + sum(missing) + sum(extra)).toBeCloseTo(1, 9)
        for (const list of [found, missing, extra, disliked]) {
          expect(list.every(({ amount }) => amount > 0)).toBe(true)
          const kinds = ['axis', 'tag', 'facet'].map((kind) => list.filter((summand) => kind in summand))
          for (const kind of kinds) expect(kind).toEqual([...kind].sort((a, b) => b.amount - a.amount))
          expect(list).toEqual(kinds.flat())
        }
      }),
    )
  })

  it('never scores more than it could, nor more than if it looked the same', () => {
    fc.assert(
      fc.property(anythingLiked, picture, rarity, (all, image, weights) => {
        const ranking = new Ranking(all, weights)
        const { relevance, score } = ranking.scoresOf(image)
        const most = ranking.atMost(image.evidence)
        expect(relevance).toBeGreaterThanOrEqual(score)
        expect(most).toBeGreaterThanOrEqual(relevance)
        expect(most).toBeLessThanOrEqual(1 + 1e-12)
      }),
    )
  })

  it('lets looks and tags count as they are said to, by hand', () => {
    const weights = new Float64Array(3).fill(1)
    const ofDog = [{ kind: 'asked', weight: 1, vector: Float32Array.of(1, 0, 0) }] as const
    const liked = lookOf([{ axis: 0, box: BOXES[1]!, color: COLORS[1]! }], null)
    const looks = new Looks([{ look: liked, weight: 2 }], { arrangement: 2, colors: 1 })
    const tags = { like: [{ weight: 3, tags: ['a', 'b'] }], unlike: [{ weight: 1, tags: ['c', 'd'] }] }
    const ranking = new Ranking(wishesOf({ like: ofDog, tags, looks }), weights)
    // Elsewhere, by one unit of the bell curve; a colour that is unknown beside one that is known.
    const objects = [{ axis: 0, box: [0.25, 0.1, 0.2, 0.2], color: null }] as const
    const { score, found, missing, disliked } = explained(
      ranking,
      pictureOf({
        objects,
        appearance: null,
        vector: Float32Array.of(1, 0, 0),
        tags: ['b', 'c'],
      }),
    )
    const arrangement = Math.exp(-1 / 2)
    const colors = 0.6 + 0.4 * 0.5
    expect(score).toBeCloseTo((1 / 4) * ((1 + 2 * arrangement + colors) / 4) + (3 / 4) * (1 / 2) - 0.5 / 2, 12)
    const amounts = (list: readonly object[]) => list.map((one) => Object.fromEntries(Object.entries(one)))
    const close = (value: number) => expect.closeTo(value, 12)
    expect(amounts(found)).toEqual([
      { axis: 0, amount: close(1 / 16) },
      { tag: 'b', amount: close(3 / 8) },
      { facet: 'arrangement', amount: close((2 * arrangement) / 16) },
      { facet: 'colors', amount: close(colors / 16) },
    ])
    expect(amounts(missing)).toEqual([
      { tag: 'a', amount: close(3 / 8) },
      { facet: 'arrangement', amount: close((2 * (1 - arrangement)) / 16) },
      { facet: 'colors', amount: close((1 - colors) / 16) },
    ])
    expect(amounts(disliked)).toEqual([{ tag: 'c', amount: close(1 / 4) }])
  })

  it('lets tags of one example share its weight', () => {
    const tags = {
      like: [
        { weight: 2, tags: ['a', 'b'] },
        { weight: 1, tags: ['c', 'a'] },
        { weight: 3, tags: ['d'] },
      ],
      unlike: [],
    }
    const ranking = new Ranking(wishesOf({ tags }), new Float64Array(0))
    expect(ranking.scoresOf(pictureOf({ tags: ['a'] })).score).toBeCloseTo((1 + 0.5) / 6, 12)
    expect(ranking.scoresOf(pictureOf({ tags: ['d', 'c', 'b', 'a'] })).score).toBe(1)
  })

  it('lets being alike as a whole count as it is said to, by hand', () => {
    const like = [seen(Float32Array.of(1, 0))]
    const weights = new Float64Array(2).fill(1)
    const embeddings = [
      { weight: 1, vector: Float32Array.of(10, 0) },
      { weight: 3, vector: Float32Array.of(0, 0.1) },
    ]
    const image = pictureOf({ vector: Float32Array.of(0, 1), embedding: Float32Array.of(0, 7) })
    // The mean is (1, 3), each at unit length by its weight.
    const cosine = 3 / Math.sqrt(10)
    const both = explained(new Ranking(wishesOf({ like, embeddings, embeddingWeight: 0.5 }), weights), image)
    expect(both.score).toBeCloseTo((2 / 3) * cosine, 12)
    expect(both.found).toEqual([{ facet: 'embedding', amount: expect.closeTo((2 / 3) * cosine, 12) }])
    expect(both.missing.at(-1)).toEqual({ facet: 'embedding', amount: expect.closeTo((2 / 3) * (1 - cosine), 12) })
    // Where nothing else is liked, whatever its weight is.
    const alone = new Ranking(wishesOf({ embeddings, embeddingWeight: 0 }), weights)
    expect(alone.scoresOf(image).score).toBeCloseTo(cosine, 12)
    expect(alone.scoresOf({ ...image, embedding: Float32Array.of(0, -1) }).score).toBe(0)
    expect(alone.scoresOf({ ...image, embedding: null }).score).toBe(0)
  })

  it('compares looks with the eight that weigh most, by their weights', () => {
    const at = (x: number) => lookOf([{ axis: 0, box: [x, 0.1, 0.2, 0.2], color: null }], null)
    const heavy = Array.from({ length: 8 }, (_, nth) => ({ look: at(0.1 + 0.15 * (nth % 2)), weight: 2 + (nth % 2) }))
    const looks = new Looks([{ look: at(0.8), weight: 1 }, ...heavy], { arrangement: 1, colors: 0 })
    expect(looks.of(at(0.1))).toBeCloseTo((1 + (2 + 3 * Math.exp(-1 / 2)) / 5) / 2, 12)
  })

  it('gives an image like itself 1, to the last bit, and nothing more', () => {
    fc.assert(
      fc.property(something, vector, rarity, (query, other, weights) => {
        const likeness = new ObjectLikeness(wishOf([seen(query)], DIMENSIONS), weights)
        expect(likeness.of(evidenceIn(query))).toBe(1)
        expect(likeness.of(evidenceIn(other))).toBeLessThanOrEqual(1)
        expect(likeness.of(evidenceIn(other))).toBeGreaterThanOrEqual(0)
        expect(likeness.of(evidenceIn(new Float32Array(DIMENSIONS)))).toBe(0)
      }),
    )
  })

  it('takes more of what is wished for as better, and more of what is not as worse', () => {
    fc.assert(
      fc.property(something, vector, fc.nat(DIMENSIONS - 1), rarity, (query, image, axis, weights) => {
        const likeness = new ObjectLikeness(wishOf([seen(query)], DIMENSIONS), weights)
        const surer = image.slice()
        surer[axis] = 1
        const [before, after] = [likeness.of(evidenceIn(image)), likeness.of(evidenceIn(surer))]
        if (query[axis]! > 0) expect(after).toBeGreaterThanOrEqual(before)
        else expect(after).toBeLessThanOrEqual(before)
      }),
    )
  })

  it('is worked out by hand', () => {
    // Half of the images have axis 0, a tenth axis 1, one in a hundred axis 2.
    const weights = rarityOf({ total: 100, perAxis: Uint32Array.of(50, 10, 1) })
    const [w0, w1, w2] = weights as unknown as [number, number, number]
    const wish = [{ kind: 'asked', weight: 1, vector: Float32Array.of(1, 0.5, 0) }] as const
    const image = Float32Array.of(0.99, 0, 1)
    const half = 0.5 ** 1.3
    const all = w0 + 0.5 * w1 + 0.5 * w2
    const { score, found, missing, extra } = explained(byObjects(wish, [], weights), plain(image))
    expect(score).toBeCloseTo((w0 * half) / all, 6)
    expect(found).toEqual([{ axis: 0, amount: expect.closeTo((w0 * half) / all, 6) }])
    expect(missing).toEqual([
      { axis: 1, amount: expect.closeTo((0.5 * w1) / all, 6) },
      { axis: 0, amount: expect.closeTo((w0 * (1 - half)) / all, 6) },
    ])
    expect(extra).toEqual([{ axis: 2, amount: expect.closeTo((0.5 * w2) / all, 6) }])
  })

  it('wishes for each of two that have nothing in common, and for what is asked by half alone as for all of it', () => {
    const both = wishOf([seen(Float32Array.of(1, 0, 0)), seen(Float32Array.of(0, 1, 0))], 3)
    expect([[...both.strength], [...both.share], both.axes]).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [0, 1],
    ])
    const half = wishOf([{ kind: 'asked', weight: 3, vector: Float32Array.of(0, 0.5, 0.25) }], 3)
    expect([...half.strength]).toEqual([0, 1, 0.5])
  })

  it('takes off what is disliked and not liked, each dislike by itself', () => {
    const weights = new Float64Array(3).fill(1)
    const like = [seen(Float32Array.of(1, 0, 0))]
    const ranked = (unlike: WishedExample[], ...image: number[]) =>
      explained(byObjects(like, unlike, weights), plain(Float32Array.from(image)))
    const second = seen(Float32Array.of(1, 1, 0))
    const third = { kind: 'asked', weight: 0.5, vector: Float32Array.of(0, 0, 0.5) } as const
    expect(ranked([second], 1, 0, 0)).toMatchObject({ score: 1, disliked: [] })
    // Liked 1, of which the extra object costs a third; and all that is disliked is there.
    expect(ranked([second], 1, 1, 0).score).toBeCloseTo(1 / 1.5 - 1, 12)
    expect(ranked([second, third], 1, 1, 1)).toMatchObject({
      score: expect.closeTo(1 / 2 - 1 - 0.25, 12),
      disliked: [
        { axis: 1, amount: 1 },
        { axis: 2, amount: 0.25 },
      ],
    })
    expect(ranked([seen(Float32Array.of(1, 0, 0))], 1, 0, 0).score).toBe(1)
    // By the mean weight of the likes.
    const liked = [4, 8].map((weight) => ({ ...like[0]!, weight }))
    const { disliked } = byObjects(liked, [{ ...second, weight: 3 }], weights).partsOf(plain(Float32Array.of(1, 1, 0)))
    expect(disliked).toEqual([{ axis: 1, amount: 0.5 }])
  })
})

/** The score of a picture, and what it is made of. */
function explained(ranking: Ranking, picture: Picture) {
  return { ...ranking.partsOf(picture), score: ranking.scoresOf(picture).score }
}
