/** An index says of which space it is: whoever works in another is refused, wherever the index comes from. */
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createExactIndex, type ExactIndex, openExactIndex } from '../../src/exact-index/index.ts'
import {
  COCO_AXES,
  createMemoryStore,
  createRecommender,
  type ImageStore,
  type SimilarityIndex,
} from '../../src/index.ts'
import { createFakeExtractor, fakeImage } from '../../src/testing/index.ts'
import { snapshotFolder } from '../exact-index/snapshot/support/snapshot-folder.ts'

const dimensions = COCO_AXES.length
const ours = { id: 'model/1', axes: COCO_AXES, threshold: 0.7 } as const
const other = { id: 'model/2', axes: COCO_AXES, threshold: 0.7 } as const
const dog = fakeImage({ dog: 0.95 })
const refusal = {
  code: 'SPACE_MISMATCH',
  message: expect.stringMatching(/filled with vectors of 'model\/1.*compares those of 'model\/2.*empty/),
}

/** Several recommenders may have it, and close it. */
function kept<Part extends SimilarityIndex | ImageStore>(part: Part, more: Partial<Part> = {}): Part {
  return new Proxy(part, {
    get: (target, name) => {
      if (name === 'close') return async () => {}
      if (name in more) return Reflect.get(more, name)
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function filled(index: ExactIndex, store = createMemoryStore()) {
  const extractor = createFakeExtractor({ space: ours })
  const recommender = await createRecommender({ extractor, store: kept(store), index: kept(index) })
  await recommender.add({ id: 'a', image: dog })
  await recommender.close()
  return store
}

it('an index that was filled for distances is refused by a ranking by objects, and the other way round', async () => {
  for (const [first, second] of [
    ['distance', 'objects'],
    ['objects', 'distance'],
  ] as const) {
    const parts = { extractor: ours, store: kept(createMemoryStore()), index: kept(createExactIndex({ dimensions })) }
    await (await createRecommender({ ...parts, ranking: { by: first } })).close()
    await expect(createRecommender({ ...parts, ranking: { by: second } })).rejects.toMatchObject({
      code: 'SPACE_MISMATCH',
    })
    await (await createRecommender({ ...parts, ranking: { by: first } })).close()
  }
})

describe('an index that was filled in another space, of as many axes,', () => {
  it.each(['that has images', 'that is empty'])('%s, is refused from a file', async (content) => {
    const { path } = snapshotFolder()
    const index = createExactIndex({ dimensions })
    const store = await filled(index)
    if (content === 'that is empty') await store.delete(['a'])
    await (await createRecommender({ extractor: ours, store: kept(store), index: kept(index) })).close()
    await index.save(path)
    const opened = await openExactIndex(path, { dimensions })
    expect((await opened.counts()).total).toBe(content === 'that is empty' ? 0 : 1)
    const call = createRecommender({ extractor: other, store: kept(store), index: opened })
    await expect(call).rejects.toMatchObject(refusal)
    // It was the space that was refused, and nothing of the index has changed.
    const again = await createRecommender({
      extractor: ours,
      store: kept(store),
      index: await openExactIndex(path, { dimensions }),
    })
    expect((await again.objectCounts()).total).toBe(content === 'that is empty' ? 0 : 1)
    await again.close()
  })

  it('is refused though nothing was ever added', async () => {
    const index = createExactIndex({ dimensions })
    await (await createRecommender({ extractor: ours, index: kept(index) })).close()
    await expect(createRecommender({ extractor: other, index })).rejects.toMatchObject(refusal)
  })

  it('is refused as that of embeddings', async () => {
    const index = createExactIndex({ dimensions: 2 })
    const dense = (id: string) => ({ id, axes: ['x', 'y'], threshold: null })
    const open = (id: string) =>
      createRecommender({ extractor: ours, embedding: { extractor: dense(id), index: kept(index) } })
    await (await open('model/1')).close()
    await (await open('model/1')).close()
    await expect(open('model/2')).rejects.toMatchObject(refusal)
  })

  it.each(['1', '', '[]', '{}', 'null', '["model/2"]', '["model/2",1]', '["model/2",null,null]', '[null,null]'])(
    'or that says nothing of it, with the position %j, is refused',
    async (position) => {
      const index = createExactIndex({ dimensions })
      await index.write({}, { from: undefined, to: position })
      const message = expect.stringMatching(/names no space/)
      await expect(createRecommender({ extractor: other, index })).rejects.toMatchObject({
        code: 'SPACE_MISMATCH',
        message,
      })
      expect(await index.position()).toBe(position)
    },
  )
})

describe('an index that several share', () => {
  const shared = (index: ExactIndex) => kept<SimilarityIndex>(index, { shared: true })

  it('is of the space of who comes first, even of two that come at once', async () => {
    for (let round = 0; round < 20; round++) {
      const index = createExactIndex({ dimensions })
      const open = (space: typeof ours | typeof other) => createRecommender({ extractor: space, index: shared(index) })
      const outcomes = await Promise.allSettled([open(ours), open(other), open(ours), open(other)])
      const states = outcomes.map(({ status }) => status)
      expect(states.filter((state) => state === 'fulfilled')).toHaveLength(2)
      expect([states[0], states[1]]).toEqual([states[2], states[3]])
      for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.close()
    }
  })

  it('and that was emptied and given to another space meanwhile takes nothing more, nor does the store', async () => {
    const [index, store] = [createExactIndex({ dimensions }), createMemoryStore()]
    const warnings: Error[] = []
    const extractor = createFakeExtractor({ space: other })
    await using recommender = await createRecommender({
      extractor,
      store: kept(store),
      index: shared(index),
      onWarning: (warning) => warnings.push(warning),
    })
    await recommender.add({ id: 'a', image: dog })
    await moved(index, ['a'], '["model/1",null]')
    await expect(recommender.add({ id: 'b', image: dog })).rejects.toMatchObject(refusal)
    await expect(recommender.remove('a')).rejects.toMatchObject(refusal)
    expect([await store.count(), (await index.counts()).total]).toEqual([1, 0])
    // Nor does the feed bring it there.
    await store.put((await store.get(['a'])) as never)
    await vi.waitFor(
      () => expect(warnings.map(({ cause }) => cause)).toContainEqual(expect.objectContaining(refusal)),
      {
        timeout: 10_000,
      },
    )
    expect((await index.counts()).total).toBe(0)
  })

  it('that has lost all, its position too, is of this space again, and filled', async () => {
    const [index, store] = [createExactIndex({ dimensions }), createMemoryStore()]
    const extractor = createFakeExtractor({ space: ours })
    await using recommender = await createRecommender({ extractor, store: kept(store), index: shared(index) })
    await recommender.addAll(['a', 'b'].map((id) => ({ id, image: dog })))
    await moved(index, ['a', 'b'], undefined)
    await recommender.add({ id: 'c', image: dog })
    expect(JSON.parse((await index.position())!)[0]).toMatch(/^model\/1/)
    await vi.waitFor(async () => expect((await index.counts()).total).toBe(3), { timeout: 10_000 })
  })
})

it('a snapshot of an index whose store is gone is filled from the one that there is', async () => {
  const path = join(snapshotFolder().folder, 'index')
  const index = createExactIndex({ dimensions })
  await filled(index)
  await index.save(path)
  const store = createMemoryStore()
  const extractor = createFakeExtractor({ space: ours })
  {
    // As many changes as the other store had.
    await using writer = await createRecommender({ extractor, store: kept(store) })
    await writer.add({ id: 'b', image: fakeImage({ cat: 0.9 }) })
  }
  await using recommender = await createRecommender({
    extractor: ours,
    store: kept(store),
    index: await openExactIndex(path, { dimensions }),
  })
  const { items } = await recommender.recommend({ like: [{ objects: { dog: 1, cat: 1 } }] })
  expect(items.map(({ id }) => id)).toEqual(['b'])
})

/** As nobody would do who follows a feed; and whoever does may move the index on meanwhile. */
async function moved(index: ExactIndex, gone: readonly string[], to: string | undefined): Promise<void> {
  while (!(await index.write({ delete: gone }, { from: await index.position(), to })));
}
