import { describe, expect, it } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import {
  type CocoAxis,
  createMemoryStore,
  createRecommender,
  type EmbeddingOptions,
  type FeatureExtractor,
  type FeatureSpace,
  type ImageStore,
  type RankingOptions,
} from '../../src/index.ts'
import { createFakeExtractor, fakeImage, seededRandom } from '../../src/testing/index.ts'
import { allPages, idsOf } from './pictures.ts'

const space: FeatureSpace = { id: 'fake/dense', axes: ['x', 'y', 'z'], threshold: null }

/** Finds in a fake image the vector that its `look` says. */
function denseExtractor(of: FeatureSpace = space): FeatureExtractor & { calls: number } {
  return {
    calls: 0,
    space: of,
    async extract(image) {
      this.calls++
      const { look } = JSON.parse(new TextDecoder().decode(image).slice('fake image '.length)) as { look: string }
      const vector = Float32Array.from(JSON.parse(look) as number[])
      return { objects: [], vector, width: 640, height: 480, appearance: null }
    },
    async close() {},
  }
}

const picture = (objects: Record<string, number>, look: number[]) => fakeImage(objects, JSON.stringify(look))

async function opened(options: Partial<EmbeddingOptions> & { store?: ImageStore; ranking?: RankingOptions } = {}) {
  const { store, ranking, ...embedding } = options
  return await createRecommender({
    extractor: createFakeExtractor(),
    embedding: { extractor: denseExtractor(), ...embedding },
    ...(store && { store }),
    ...(ranking && { ranking }),
  })
}

const gallery = {
  dune: picture({}, [1, 0, 0]),
  'another dune': picture({}, [0.9, 0.1, 0]),
  'person on a dune': picture({ person: 0.99 }, [0.95, 0.2, 0]),
  'person in a street': picture({ person: 0.99 }, [0, 0, 1]),
  cat: picture({ cat: 0.99 }, [0, 1, 0]),
}

async function filled(options: Parameters<typeof opened>[0] = {}) {
  const recommender = await opened(options)
  await recommender.addAll(Object.entries(gallery).map(([id, image]) => ({ id, image, tags: [id.split(' ')[0]!] })))
  return recommender
}

const sum = (list: readonly { readonly contribution: number }[]) =>
  list.reduce((all, { contribution }) => all + contribution, 0)

describe('an embedding beside the objects', () => {
  it('finds what is like a picture in which nothing is recognised', async () => {
    await using recommender = await filled()
    for (const page of [
      await recommender.similarTo('dune'),
      await recommender.similarToImage(picture({}, [1, 0, 0]), { where: { exclude: ['dune'] } }),
    ]) {
      expect(page).toMatchObject({ nothingRecognised: false, objects: [] })
      expect(idsOf(page)).toEqual(['another dune', 'person on a dune'])
      for (const { score, distance, because, missing, extra } of page.items) {
        expect(because).toMatchObject([{ kind: 'facet', name: 'embedding', contribution: expect.closeTo(score, 12) }])
        expect(sum(because) - sum(missing) - sum(extra)).toBeCloseTo(1, 12)
        expect(distance).toBeCloseTo(1 - score, 6)
      }
    }
  })

  it('is one contribution beside those of the objects', async () => {
    await using recommender = await filled()
    const { items } = await recommender.similarTo('person on a dune')
    expect(idsOf({ items })).toEqual(['person in a street', 'another dune', 'dune', 'cat'])
    const dune = items[2]!
    const cosine = 0.95 / Math.hypot(0.95, 0.2)
    expect(dune.because).toEqual([
      { kind: 'facet', name: 'embedding', contribution: expect.closeTo(cosine / 2, 6), from: ['person on a dune'] },
    ])
    expect(dune.missing).toEqual([
      { kind: 'object', name: 'person', contribution: -0.5 },
      { kind: 'facet', name: 'embedding', contribution: expect.closeTo((cosine - 1) / 2, 6) },
    ])
    expect(items[0]!.because.map(({ name }) => name)).not.toContain('embedding')
  })

  it('counts by its weight, at creation or in a query', async () => {
    for (const [weight, asked, share] of [
      [3, undefined, 3 / 4],
      [3, 1, 1 / 2],
      [0, undefined, 0],
    ] as const) {
      await using recommender = await filled({ weight })
      const { items } = await recommender.similarTo('person on a dune', { weights: { embedding: asked } })
      const street = items.find(({ id }) => id === 'person in a street')!
      expect(street.score).toBeCloseTo((1 - share) * 1, 6)
    }
  })

  it('is the mean of all liked images, and weighs as they do', async () => {
    await using recommender = await filled()
    const like = [{ id: 'dune' }, { id: 'cat', weight: 3 }]
    const { items } = await recommender.recommend({ like })
    const first = items.find(({ id }) => id === 'another dune')!
    const cosine = (0.9 + 0.1 * 3) / (Math.hypot(0.9, 0.1) * Math.hypot(1, 3))
    // Objects: the cat alone, which weighs 3; embeddings: both, which weigh 4.
    expect(first.score).toBeCloseTo((4 / 7) * cosine, 6)
    expect(first.because[0]!.from).toEqual(['cat', 'dune'])
  })

  it('is filtered as all else, and found in pages of any size', async () => {
    const random = seededRandom(1)
    const names = ['person', 'dog', 'cat']
    for (const candidates of [3, 10, 1000]) {
      await using recommender = await opened({ ranking: { candidates, cutOff: 0 } })
      const scene = () =>
        Object.fromEntries(names.filter(() => random() < 0.4).map((name) => [name, 0.7 + 0.3 * random()]))
      const look = () => [random(), random(), random()]
      await recommender.addAll(
        Array.from({ length: 60 }, (_, at) => ({
          id: `${at}`,
          image: picture(scene(), look()),
          tags: at % 2 ? ['odd'] : [],
        })),
      )
      for (const id of ['7', '8', '9', '10']) {
        const whole = idsOf(await recommender.similarTo(id, { limit: 1000 }))
        expect(whole).toHaveLength(59)
        expect(new Set(whole).size).toBe(59)
        for (const limit of [1, 7, 30]) {
          expect(await allPages((cursor) => recommender.similarTo(id, { limit, cursor }))).toEqual(whole)
        }
        const odd = await recommender.similarTo(id, { limit: 1000, where: { tags: { all: ['odd'] } } })
        expect(odd.items.length).toBeGreaterThan(28)
        expect(odd.items.every(({ tags }) => tags[0] === 'odd')).toBe(true)
      }
    }
  })

  it('follows what changes, and goes when the image goes', async () => {
    await using recommender = await filled()
    await recommender.add({ id: 'another dune', image: picture({}, [0, 0, 1]) })
    expect(idsOf(await recommender.similarTo('dune'))).toEqual(['person on a dune'])
    await recommender.remove('person on a dune')
    expect(idsOf(await recommender.similarTo('dune'))).toEqual([])
  })

  it('is filled from the store, and told apart by its space', async () => {
    const store = createMemoryStore()
    const recommender = await filled({ store })
    const records = []
    for await (const record of recommender.records()) records.push(record)
    expect(records.map(({ embedding }) => embedding?.spaceId)).toEqual(Array.from({ length: 5 }, () => 'fake/dense'))

    await using later = await opened()
    await later.put(records)
    expect(idsOf(await later.similarTo('dune'))).toEqual(['another dune', 'person on a dune'])
    const wrong = { ...records[0]!, embedding: { spaceId: space.id, vector: Float32Array.of(1) } }
    await expect(later.put([wrong])).rejects.toMatchObject({ code: 'SPACE_MISMATCH' })

    const other = { ...space, id: 'another' }
    const warnings: Error[] = []
    await using stranger = await createRecommender({
      extractor: createFakeExtractor(),
      store,
      embedding: { extractor: denseExtractor(other) },
      onWarning: (warning) => warnings.push(warning),
    })
    expect(warnings).toMatchObject([{ code: 'SPACE_MISMATCH', message: expect.stringContaining("'fake/dense'") }])
    expect(await stranger.similarTo('dune')).toMatchObject({ items: [], nothingRecognised: true })
  })

  it('is as good as missing where it has not as many values as its space', async () => {
    const store = createMemoryStore()
    const recommender = await filled({ store })
    const [dune] = await store.get(['dune'])
    await recommender.close()
    const reopened = createMemoryStore()
    await reopened.put([{ ...dune!, embedding: { spaceId: space.id, vector: Float32Array.of(1) } }])
    await using later = await opened({ store: reopened })
    expect(await later.similarTo('dune')).toMatchObject({ items: [], nothingRecognised: true })
  })

  it('is made anew where it is missing or of another space, and not otherwise', async () => {
    const store = createMemoryStore()
    const dense = denseExtractor()
    await using plain = await createRecommender({ extractor: createFakeExtractor(), store })
    await plain.add({ id: 'dune', image: gallery.dune })
    await using recommender = await createRecommender({
      extractor: createFakeExtractor(),
      store,
      embedding: { extractor: dense },
    })
    expect(await recommender.add({ id: 'dune', image: gallery.dune })).toMatchObject({ unchanged: false })
    expect(await recommender.add({ id: 'dune', image: gallery.dune })).toMatchObject({ unchanged: true })
    expect(dense.calls).toBe(1)
  })

  it('keeps what is various various', async () => {
    await using recommender = await filled()
    const various = await recommender.similarTo('dune', { diversity: 0.9 })
    expect(idsOf(various)).toHaveLength(2)
  })
})

describe('what is no embedding', () => {
  it('is refused, with advice', async () => {
    const extractor = createFakeExtractor()
    const index = createExactIndex({ dimensions: 4 })
    const refused: [Parameters<typeof createRecommender<CocoAxis>>[0], string, RegExp][] = [
      [{ extractor, embedding: { extractor: createFakeExtractor() } }, 'INVALID_ARGUMENT', /threshold/],
      [{ extractor, embedding: { extractor: space, index } }, 'SPACE_MISMATCH', /dimensions: 3/],
      [{ extractor, embedding: { extractor: space, weight: -1 } }, 'INVALID_ARGUMENT', /number from 0/],
      [
        { extractor, embedding: { extractor: space }, ranking: { by: 'distance' } },
        'INVALID_ARGUMENT',
        /as `extractor`/,
      ],
    ]
    for (const [options, code, message] of refused) {
      await expect(createRecommender(options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    }
  })
})
