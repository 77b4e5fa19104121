import assert from 'node:assert/strict'
import type { Change, ImageRecord, ImageStore } from '../image-store.ts'
import { compareUtf8 } from '../utf8-order.ts'
import { seededRandom } from './seeded-random.ts'
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
          record('full'),
          record('bare', {
            objects: [],
            vector: new Float32Array(81),
            appearance: null,
            contentHash: null,
            tags: [],
            metadata: {},
          }),
          record('unknown parts', { objects: [{ axis: 80, score: 0.5, box: null, color: null }] }),
          record('one axis', { vector: Float32Array.of(0.5) }),
          record('many axes', { vector: Float32Array.from({ length: 4096 }, (_, axis) => Math.sin(axis)) }),
          record('odd values', { vector: Float32Array.of(0, -1.5, 1e-40, 3e38, Math.fround(0.1)) }),
        ]
        await store.put(records)
        const ids = records.map(({ id }) => id)
        assert.deepEqual(plain(await store.get(ids)), plain(records))
        assert.ok((await store.get(['full']))[0]!.vector instanceof Float32Array)
      }),
    )

    it(
      'answers in the order asked, undefined for unknown ids, as often as asked',
      withStore(async (store) => {
        await store.put([record('a'), record('b')])
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
        await store.put([record('a', { tags: ['old'], metadata: { old: true } })])
        await store.put([record('a', { tags: ['new'], metadata: {}, contentHash: null, appearance: null })])
        const [found] = await store.get(['a'])
        assert.deepEqual(
          plain(found),
          plain(record('a', { tags: ['new'], metadata: {}, contentHash: null, appearance: null })),
        )
        assert.equal(await store.count(), 1)
      }),
    )

    it(
      'lets the last one win where an id comes twice in a call',
      withStore(async (store) => {
        await store.put([record('a', { tags: ['first'] }), record('b'), record('a', { tags: ['last'] })])
        assert.deepEqual((await store.get(['a']))[0]!.tags, ['last'])
        assert.equal(await store.count(), 2)
      }),
    )

    it(
      'takes thousands of records in one call',
      withStore(async (store) => {
        const records = Array.from({ length: 3000 }, (_, at) => record(`image-${at}`, { tags: [`n:${at}`] }))
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
        await store.put(hostileIds.map((id, at) => record(id, { tags: [`n:${at}`] })))
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
        const odd = record('a', {
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
        await store.put([record('a'), record('b')])
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
        await store.put([record('a', { tags: ['first'] })])
        await store.delete(['a'])
        await store.put([record('a', { tags: ['second'] })])
        assert.deepEqual((await store.get(['a']))[0]?.tags, ['second'])
      }),
    )
  })

  describe('scan', () => {
    it(
      'streams every record once, ids in the order of their UTF-8 bytes',
      withStore(async (store) => {
        const ids = [...hostileIds, ...Array.from({ length: 1200 }, (_, at) => `image-${at}`)]
        await store.put(ids.map((id) => record(id)))
        const scanned: string[] = []
        for await (const { id } of store.scan()) scanned.push(id)
        assert.deepEqual(scanned, [...ids].sort(compareUtf8))
      }),
    )

    it(
      'goes on while records are written, and gives what was there all along',
      withStore(async (store) => {
        const ids = Array.from({ length: 50 }, (_, at) => `image-${String(at).padStart(2, '0')}`)
        await store.put(ids.map((id) => record(id)))
        const scanned: string[] = []
        for await (const { id } of store.scan()) {
          if (scanned.length === 3) await store.put([record('image-00', { tags: ['again'] }), record('zzz')])
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
        await store.put([record('a'), record('b')])
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
        await store.put(ids.map((id) => record(id)))
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
        await store.put(Array.from({ length: 8 }, (_, at) => record(`image-${at}`)))
        const seen = new Set<string>()
        // 8 records, one at a time: the chance that a uniform draw misses one of them 200 times is 2e-11.
        for (let draw = 0; draw < 200; draw++) seen.add((await store.sample(1))[0]!.id)
        assert.equal(seen.size, 8)
      }),
    )
  })

  describe('changes', () => {
    it(
      'names every image once, in the order of the last changes, then says that this was all',
      withStore(async (store) => {
        await store.put([record('a')])
        await store.put([record('b')])
        await store.put([record('c')])
        await store.delete(['b'])
        await store.put([record('a', { tags: ['again'] })])
        assert.deepEqual(
          (await soFar(store)).map(({ id }) => id),
          ['c', 'b', 'a'],
        )
      }),
    )

    it(
      'begins with an empty batch where nothing has changed',
      withStore(async (store) => {
        const feed = store.changes()[Symbol.asyncIterator]()
        assert.deepEqual((await feed.next()).value, [])
        await feed.return?.()
      }),
    )

    it(
      'continues behind a position',
      withStore(async (store) => {
        await store.put([record('a')])
        await store.put([record('b')])
        const before = await soFar(store)
        await store.put([record('c')])
        await store.delete(['a'])
        assert.deepEqual(
          (await soFar(store, before.at(-1)!.position)).map(({ id }) => id),
          ['c', 'a'],
        )
        assert.deepEqual(
          (await soFar(store, before[0]!.position)).map(({ id }) => id),
          ['b', 'c', 'a'],
        )
      }),
    )

    it(
      'gives each change a position that can be continued from, within one put too',
      withStore(async (store) => {
        await store.put([record('a'), record('b'), record('c')])
        const all = await soFar(store)
        assert.equal(new Set(all.map(({ position }) => position)).size, 3)
        for (const [at, { position }] of all.entries()) {
          assert.deepEqual(await soFar(store, position), all.slice(at + 1))
        }
      }),
    )

    it(
      'passes over deletes that deleted nothing',
      withStore(async (store) => {
        await store.delete(['nobody'])
        assert.deepEqual(await soFar(store), [])
      }),
    )

    it(
      'waits, and goes on when something is written',
      withStore(async (store) => {
        const stop = new AbortController()
        const seen: string[] = []
        const reader = (async () => {
          for await (const batch of store.changes({ signal: stop.signal })) {
            seen.push(...batch.map(({ id }) => id))
            if (seen.length === 3) stop.abort()
          }
        })()
        await store.put([record('a')])
        await turn(20)
        await store.put([record('b'), record('c')])
        await reader
        assert.deepEqual(seen.sort(), ['a', 'b', 'c'])
      }),
    )

    it(
      'ends without an error when the signal aborts, while it waits too',
      withStore(async (store) => {
        const aborted = AbortSignal.abort()
        for await (const _ of store.changes({ signal: aborted })) assert.fail('an aborted feed gives nothing')
        const stop = new AbortController()
        const reader = (async () => {
          for await (const batch of store.changes({ signal: stop.signal })) assert.deepEqual(batch, [])
        })()
        await turn(20)
        stop.abort()
        await reader
      }),
    )

    it('ends when the store closes', async () => {
      const store = await create()
      const reader = (async () => {
        for await (const batch of store.changes()) assert.deepEqual(batch, [])
      })()
      await turn(20)
      await store.close()
      await store.close()
      await reader
    })

    it(
      'serves several readers, each from its own position',
      withStore(async (store) => {
        await store.put([record('a')])
        const first = store.changes()[Symbol.asyncIterator]()
        assert.deepEqual(
          (await first.next()).value?.map(({ id }: Change) => id),
          ['a'],
        )
        await store.put([record('b')])
        assert.deepEqual(
          (await soFar(store)).map(({ id }) => id),
          ['a', 'b'],
        )
        const rest: string[] = []
        while (rest.length === 0) rest.push(...((await first.next()).value as Change[]).map(({ id }) => id))
        assert.deepEqual(rest, ['b'])
        await first.return?.()
      }),
    )

    it(
      'leads whoever follows it to the state of the store',
      withStore(async (store) => {
        const random = seededRandom(7)
        const mirror = new Map<string, ImageRecord>()
        let position: string | undefined
        for (let round = 0; round < 30; round++) {
          for (let write = 0; write < 5; write++) {
            const id = `image-${Math.floor(random() * 12)}`
            if (random() < 0.3) await store.delete([id])
            else await store.put([record(id, { tags: [`${round}.${write}`] })])
          }
          for (const change of await soFar(store, position)) {
            const [now] = await store.get([change.id])
            if (now) mirror.set(change.id, now)
            else mirror.delete(change.id)
            position = change.position
          }
          const stored: ImageRecord[] = []
          for await (const it of store.scan()) stored.push(it)
          const mirrored = [...mirror.values()].sort((a, b) => compareUtf8(a.id, b.id))
          assert.deepEqual(plain(mirrored), plain(stored))
        }
      }),
    )
  })

  describe('concurrent calls', () => {
    it(
      'keeps what every one of them wrote',
      withStore(async (store) => {
        await Promise.all(
          Array.from({ length: 20 }, (_, batch) =>
            store.put(Array.from({ length: 10 }, (_, at) => record(`image-${batch}-${at}`))),
          ),
        )
        assert.equal(await store.count(), 200)
        assert.equal((await soFar(store)).length, 200)
      }),
    )

    it(
      'survives opposite orders of the same ids',
      withStore(async (store) => {
        const ids = Array.from({ length: 40 }, (_, at) => `image-${at}`)
        await Promise.all(
          Array.from({ length: 10 }, (_, writer) => {
            const order = writer % 2 === 0 ? ids : [...ids].reverse()
            return store.put(order.map((id) => record(id, { tags: [`writer:${writer}`] })))
          }),
        )
        const writers = new Set((await store.get(ids)).map((it) => it?.tags[0]))
        assert.equal(await store.count(), 40)
        assert.equal(writers.size, 1, 'a put is all or nothing')
      }),
    )
  })
}

const hostileIds = [
  'plain',
  '__proto__',
  'constructor',
  "o'hara",
  '"; drop table images; --',
  '../../etc/passwd',
  'a/b\\c?d=e&f#g%00',
  ' leading and trailing ',
  '\t\n',
  'ä',
  'a\u0308',
  '\uffff',
  '\u{10000}',
  '😀'.repeat(128),
  'x'.repeat(512),
  '0',
  '00',
  '-1',
  '9007199254740993',
  'NaN',
  '*',
]

function record(id: string, fields: Partial<ImageRecord> = {}): ImageRecord {
  const vector = new Float32Array(81)
  vector[1] = 0.98
  vector[17] = 0.75
  return {
    id,
    spaceId: 'contract/space',
    objects: [
      {
        axis: 1,
        score: Math.fround(0.98),
        box: [0.1, 0.2, 0.3, 0.4].map(Math.fround) as [number, number, number, number],
        color: [50, -12.5, 127],
      },
      { axis: 17, score: 0.75, box: [0, 0, 1, 1], color: null },
      { axis: 17, score: Math.fround(0.31), box: null, color: [0, 0, 0] },
    ],
    vector,
    width: 640,
    height: 480,
    appearance: { palette: [{ color: [Math.fround(61.7), 0, -3.25], share: 0.5 }], hash: '00ff00ff12345678' },
    tags: ['album:7', 'summer'],
    metadata: { title: 'Beach', taken: 2024 },
    contentHash: 'ab'.repeat(32),
    ...fields,
  }
}

/** Vectors as arrays, so that a comparison does not depend on the buffer behind them. */
function plain(records: unknown): unknown {
  return JSON.parse(
    JSON.stringify(records, (_, value) => (value instanceof Float32Array ? Array.from(value) : value)) ?? 'null',
  )
}

async function soFar(store: ImageStore, after?: string): Promise<Change[]> {
  const changes: Change[] = []
  for await (const batch of store.changes({ after })) {
    if (batch.length === 0) break
    changes.push(...batch)
  }
  return changes
}

function turn(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
