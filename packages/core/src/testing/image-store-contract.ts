import assert from 'node:assert/strict'
import { RecommenderError } from '../errors.ts'
import type { ImageStore, JsonObject } from '../image-store.ts'
import { compareUtf8 } from '../utf8-order.ts'
import { hostileIds, plain, sampleRecord } from './contract-records.ts'
import { changesSoFar, imageStoreFeedContract } from './image-store-feed-contract.ts'
import type { TestRunner } from './test-runner.ts'

export interface ImageStoreContractOptions extends TestRunner {
  /** Gives a fresh, empty store for each test; the suite closes it. */
  create(): Promise<ImageStore>
}

/** What every `ImageStore` must do, as tests. Register it inside a `describe` of yours. */
export function imageStoreContract({ describe, it, create }: ImageStoreContractOptions): void {
  const withStore = (test: (store: ImageStore) => Promise<void>) => async () => {
    const store = await create()
    try {
      await test(store)
    } finally {
      await store.close()
    }
  }

  describe('put and get', () => {
    it(
      'gives back every field as it was put',
      withStore(async (store) => {
        const records = [
          sampleRecord('full'),
          sampleRecord('bare', {
            objects: [],
            vector: new Float32Array(81),
            appearance: null,
            contentHash: null,
            tags: [],
            metadata: {},
            embedding: null,
          }),
          sampleRecord('unknown parts', { objects: [{ axis: 80, score: 0.5, box: null, color: null }] }),
          sampleRecord('one axis', { vector: Float32Array.of(0.5) }),
          sampleRecord('many axes', { vector: Float32Array.from({ length: 4096 }, (_, axis) => Math.sin(axis)) }),
          sampleRecord('long embedding', {
            embedding: {
              spaceId: '\u{10000}"\\/é',
              vector: Float32Array.from({ length: 2048 }, (_, axis) => Math.cos(axis)),
            },
          }),
          sampleRecord('embedding and nothing else', {
            objects: [],
            vector: new Float32Array(81),
            appearance: null,
            embedding: { spaceId: 'x', vector: Float32Array.of(1) },
          }),
          sampleRecord('odd values', { vector: Float32Array.of(0, -1.5, 1e-40, 3e38, Math.fround(0.1)) }),
        ]
        await store.put(records)
        const ids = records.map(({ id }) => id)
        assert.deepEqual(plain(await store.get(ids)), plain(records))
        const [full] = await store.get(['full'])
        assert.ok(full!.vector instanceof Float32Array)
        assert.ok(full!.embedding!.vector instanceof Float32Array)
      }),
    )

    it(
      'tells -0 from 0',
      withStore(async (store) => {
        const sparse = new Float32Array(81)
        sparse[3] = -0
        const dense = Float32Array.of(1, -0, 0)
        await store.put([sampleRecord('a', { vector: sparse, embedding: { spaceId: 'x', vector: dense } })])
        const [found] = await store.get(['a'])
        assert.ok(Object.is(found!.vector[3], -0) && Object.is(found!.vector[4], 0))
        assert.ok(Object.is(found!.embedding!.vector[1], -0) && Object.is(found!.embedding!.vector[2], 0))
      }),
    )

    it(
      'keeps metadata and tags that databases refuse',
      withStore(async (store) => {
        const metadata = JSON.parse(
          '{"__proto__":{"polluted":true},"a\\u0000b":["\\u0000",1e308,-1.5e-300,0.1,12345678901234567890],"lone":"\\ud800","":{"":[]}}',
        ) as JsonObject
        const tags = ['\u0000', '\u0001', 'NULL', '', '{"a","b"}', '\\"', '\\', 'a\\b', '"', '😀', 'x'.repeat(5000)]
        await store.put([sampleRecord('a', { metadata, tags })])
        const [found] = await store.get(['a'])
        assert.equal(JSON.stringify(found!.metadata), JSON.stringify(metadata))
        assert.ok(Object.hasOwn(found!.metadata, '__proto__'))
        assert.deepEqual(found!.tags, tags)
      }),
    )

    it(
      'answers in the order asked, undefined for unknown ids, as often as asked',
      withStore(async (store) => {
        await store.put([sampleRecord('a'), sampleRecord('b')])
        const found = await store.get(['b', 'nobody', 'a', 'b'])
        assert.deepEqual(
          found.map((it) => it?.id),
          ['b', undefined, 'a', 'b'],
        )
        assert.deepEqual(await store.get([]), [])
      }),
    )

    it(
      'replaces the whole record',
      withStore(async (store) => {
        await store.put([sampleRecord('a', { tags: ['old'], metadata: { old: true } })])
        await store.put([sampleRecord('a', { tags: ['new'], metadata: {}, contentHash: null, appearance: null })])
        const [found] = await store.get(['a'])
        assert.deepEqual(
          plain(found),
          plain(sampleRecord('a', { tags: ['new'], metadata: {}, contentHash: null, appearance: null })),
        )
        assert.equal(await store.count(), 1)
      }),
    )

    it(
      'lets the last one win where an id comes twice in a call',
      withStore(async (store) => {
        await store.put([
          sampleRecord('a', { tags: ['first'] }),
          sampleRecord('b'),
          sampleRecord('a', { tags: ['last'] }),
        ])
        assert.deepEqual((await store.get(['a']))[0]!.tags, ['last'])
        assert.equal(await store.count(), 2)
      }),
    )

    it(
      'keeps a copy, and hands out copies or what cannot be changed',
      withStore(async (store) => {
        const given = { ...sampleRecord('a'), tags: ['mine'], metadata: { deep: { list: [1, 2] } } }
        await store.put([given])
        given.vector[1] = 0.5
        given.tags.push('more')
        given.metadata.deep.list[0] = 9
        const untouched = plain({ ...sampleRecord('a'), tags: ['mine'], metadata: { deep: { list: [1, 2] } } })
        const [found] = await store.get(['a'])
        assert.deepEqual(plain(found), untouched)
        const attempts = [
          () => found!.vector.fill(0),
          () => (found!.tags as string[]).push('more'),
          () => Object.assign(found!.metadata, { more: true }),
          () => Object.assign(found!.objects[0]!, { score: 0 }),
        ]
        for (const attempt of attempts) {
          try {
            attempt()
          } catch (error) {
            assert.ok(error instanceof TypeError, 'frozen')
          }
        }
        assert.deepEqual(plain((await store.get(['a']))[0]), untouched)
        for await (const scanned of store.scan()) scanned.vector.fill(0)
        for (const sampled of await store.sample(1)) sampled.vector.fill(0)
        assert.deepEqual(plain((await store.get(['a']))[0]), untouched)
      }),
    )

    it(
      'takes thousands of records in one call',
      withStore(async (store) => {
        const records = Array.from({ length: 3000 }, (_, at) => sampleRecord(`image-${at}`, { tags: [`n:${at}`] }))
        await store.put(records)
        assert.equal(await store.count(), 3000)
        const found = await store.get(records.map(({ id }) => id))
        assert.ok(found.every((it, at) => it?.tags[0] === `n:${at}`))
      }),
    )

    it(
      'accepts empty calls',
      withStore(async (store) => {
        await store.put([])
        await store.delete([])
        assert.equal(await store.count(), 0)
      }),
    )

    it(
      'treats every well-formed id as data',
      withStore(async (store) => {
        await store.put(hostileIds.map((id, at) => sampleRecord(id, { tags: [`n:${at}`] })))
        const found = await store.get(hostileIds)
        assert.deepEqual(
          found.map((it) => [it?.id, it?.tags[0]]),
          hostileIds.map((id, at) => [id, `n:${at}`]),
        )
        await store.delete(hostileIds.slice(1))
        assert.equal(await store.count(), 1)
        assert.equal((await store.get([hostileIds[0]!]))[0]?.id, hostileIds[0])
      }),
    )

    it(
      'treats tags and metadata as data',
      withStore(async (store) => {
        const odd = sampleRecord('a', {
          tags: ["'; drop table images; --", '{}', 'ä,ö "ü"', '\\', '', 'NULL', '😀'],
          metadata: {
            text: 'a\u0000b \u2028 😀 \\ "',
            nested: [{ deep: [null, true, -0.5, 1e21, 123456789.123] }],
            constructor: 'x',
            '': 'empty key',
          },
        })
        await store.put([odd])
        assert.deepEqual(plain((await store.get(['a']))[0]), plain(odd))
      }),
    )
  })

  describe('delete', () => {
    it(
      'removes what is there and ignores what is not',
      withStore(async (store) => {
        await store.put([sampleRecord('a'), sampleRecord('b')])
        await store.delete(['a', 'nobody', 'a'])
        assert.deepEqual(
          (await store.get(['a', 'b'])).map((it) => it?.id),
          [undefined, 'b'],
        )
        assert.equal(await store.count(), 1)
      }),
    )

    it(
      'lets an id come back',
      withStore(async (store) => {
        await store.put([sampleRecord('a', { tags: ['first'] })])
        await store.delete(['a'])
        await store.put([sampleRecord('a', { tags: ['second'] })])
        assert.deepEqual((await store.get(['a']))[0]?.tags, ['second'])
      }),
    )
  })

  describe('scan', () => {
    it(
      'streams every record once, ids in the order of their UTF-8 bytes',
      withStore(async (store) => {
        const ids = [...hostileIds, ...Array.from({ length: 1200 }, (_, at) => `image-${at}`)]
        await store.put(ids.map((id) => sampleRecord(id)))
        const scanned: string[] = []
        for await (const { id } of store.scan()) scanned.push(id)
        assert.deepEqual(scanned, [...ids].sort(compareUtf8))
      }),
    )

    it(
      'goes on while records are written, and gives what was there all along',
      withStore(async (store) => {
        const ids = Array.from({ length: 50 }, (_, at) => `image-${String(at).padStart(2, '0')}`)
        await store.put(ids.map((id) => sampleRecord(id)))
        const scanned: string[] = []
        for await (const { id } of store.scan()) {
          if (scanned.length === 3)
            await store.put([sampleRecord('image-00', { tags: ['again'] }), sampleRecord('zzz')])
          if (scanned.length === 5) await store.delete(['image-49'])
          scanned.push(id)
        }
        assert.deepEqual(
          scanned.filter((id) => id !== 'zzz' && id !== 'image-49'),
          ids.slice(0, -1),
        )
      }),
    )

    it(
      'can be left early',
      withStore(async (store) => {
        await store.put([sampleRecord('a'), sampleRecord('b')])
        for await (const { id } of store.scan()) {
          assert.equal(id, 'a')
          break
        }
        assert.equal(await store.count(), 2)
      }),
    )
  })

  describe('sample', () => {
    it(
      'gives as many as asked, none twice, or all there are',
      withStore(async (store) => {
        assert.deepEqual(await store.sample(5), [])
        const ids = Array.from({ length: 20 }, (_, at) => `image-${at}`)
        await store.put(ids.map((id) => sampleRecord(id)))
        for (const count of [1, 7, 20, 50]) {
          const sampled = (await store.sample(count)).map(({ id }) => id)
          assert.equal(sampled.length, Math.min(count, 20))
          assert.equal(new Set(sampled).size, sampled.length)
          assert.ok(sampled.every((id) => ids.includes(id)))
        }
      }),
    )

    it(
      'reaches every record',
      withStore(async (store) => {
        await store.put(Array.from({ length: 8 }, (_, at) => sampleRecord(`image-${at}`)))
        const seen = new Set<string>()
        // 8 records, one at a time: the chance that a uniform draw misses one of them 200 times is 2e-11.
        for (let draw = 0; draw < 200; draw++) seen.add((await store.sample(1))[0]!.id)
        assert.equal(seen.size, 8)
      }),
    )
  })

  imageStoreFeedContract({ describe, it, create, withStore })

  describe('concurrent calls', () => {
    it(
      'keeps what every one of them wrote',
      withStore(async (store) => {
        await Promise.all(
          Array.from({ length: 20 }, (_, batch) =>
            store.put(Array.from({ length: 10 }, (_, at) => sampleRecord(`image-${batch}-${at}`))),
          ),
        )
        assert.equal(await store.count(), 200)
        assert.equal((await changesSoFar(store)).length, 200)
      }),
    )

    it(
      'survives opposite orders of the same ids',
      withStore(async (store) => {
        const ids = Array.from({ length: 40 }, (_, at) => `image-${at}`)
        await Promise.all(
          Array.from({ length: 10 }, (_, writer) => {
            const order = writer % 2 === 0 ? ids : [...ids].reverse()
            return store.put(order.map((id) => sampleRecord(id, { tags: [`writer:${writer}`] })))
          }),
        )
        const writers = new Set((await store.get(ids)).map((it) => it?.tags[0]))
        assert.equal(await store.count(), 40)
        assert.equal(writers.size, 1, 'a put is all or nothing')
      }),
    )
  })

  describe('after closing', () => {
    it(
      'refuses every call, and its feed says nothing more',
      withStore(async (store) => {
        await store.put([sampleRecord('a')])
        await store.close()
        await store.close()
        for (const call of [
          () => store.put([sampleRecord('b')]),
          () => store.put([]),
          () => store.get(['a']),
          () => store.get([]),
          () => store.delete(['a']),
          () => store.delete([]),
          () => store.count(),
          () => store.sample(1),
          () => store.scan()[Symbol.asyncIterator]().next(),
        ]) {
          await assert.rejects(call, (error) => RecommenderError.is(error, 'CLOSED'))
        }
        assert.deepEqual(await changesSoFar(store), [])
      }),
    )

    it(
      'has waited for what was under way',
      withStore(async (store) => {
        let finished = false
        const writing = store.put(Array.from({ length: 300 }, (_, at) => sampleRecord(`image-${at}`))).then(() => {
          finished = true
        })
        await store.close()
        assert.ok(finished)
        await writing
      }),
    )
  })
}
