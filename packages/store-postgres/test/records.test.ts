import type { Change, ImageStore } from '@image-recommender/core'
import { afterEach, describe, expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { createPostgresStore } from '../src/index.ts'
import { describeEachClient, describeOneClient } from './databases.ts'
import { idsOf, record, records, soFar } from './records.ts'

const describeClients = inFull ? describeEachClient : describeOneClient

describeClients((open) => {
  const stores: ImageStore[] = []
  const create = async () => {
    const store = await createPostgresStore(await open())
    stores.push(store)
    return store
  }
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })

  describe('values', () => {
    it('keeps vectors, scores, boxes and colours bit for bit', async () => {
      const store = await create()
      const odd = record('a', {
        vector: Float32Array.of(-0, 1e-45, 0, 0, 0, 0, 3.4e38, Math.fround(0.7)),
        objects: [
          {
            axis: 3,
            score: Math.fround(0.7),
            box: [-0, Math.fround(1e-45), 1, Math.fround(1 / 3)],
            color: [100, -128, 127],
          },
        ],
      })
      await store.put([odd])
      const [found] = await store.get(['a'])
      expect(found).toEqual(odd)
    })

    it('takes records that together are larger than a statement should be', async () => {
      const store = await create()
      const large = records(40).map((it) => ({ ...it, metadata: { text: 'ä'.repeat(300_000) } }))
      await store.put(large)
      expect(await store.count()).toBe(40)
      expect((await store.get([large[39]!.id]))[0]).toEqual(large[39])
    }, 60_000)
  })

  describe('put', () => {
    it('writes nothing of a call in which one record cannot be written', async () => {
      const store = await create()
      await store.put([record('before')])
      const bad = { ...record('zzz'), width: 1e12 }
      await expect(store.put([...records(1500), bad])).rejects.toMatchObject({ code: 'STORE_FAILED' })
      expect(await store.count()).toBe(1)
      expect(idsOf(await soFar(store))).toEqual(['before'])
      await store.put([record('after')])
      expect(await store.count()).toBe(2)
    }, 60_000)
  })

  describe('get', () => {
    it('names the record that cannot be read', async () => {
      const { client, schema = 'image_recommender', table } = await open()
      const store = await createPostgresStore({ client, schema, table })
      stores.push(store)
      await store.put([record('good'), record('damaged')])
      await client.query(`update ${schema}.${table} set facts = '\\x0901' where id = 'damaged'`)
      expect(idsOf(await store.get(['good']))).toEqual(['good'])
      await expect(store.get(['good', 'damaged'])).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining("'damaged'"),
      })
    })
  })

  describe('scan', () => {
    it('comes to its end at, before and behind the size of a page', async () => {
      for (const count of [99, 100, 101, 499, 500, 501, 1000]) {
        const store = await create()
        await store.put(records(count))
        const scanned: string[] = []
        for await (const { id } of store.scan()) scanned.push(id)
        expect(scanned).toEqual(idsOf(records(count)))
      }
    }, 60_000)
  })

  describe('changes', () => {
    it('gives batches of at most 1000, together every change', async () => {
      const store = await create()
      await store.put(records(2500))
      await store.delete(idsOf(records(1200)) as string[])
      const sizes: number[] = []
      const ids = new Set<string>()
      for await (const batch of store.changes()) {
        sizes.push(batch.length)
        for (const { id } of batch) ids.add(id)
        if (batch.length === 0) break
      }
      expect(sizes).toEqual([1000, 1000, 500, 0])
      expect(ids.size).toBe(2500)
    }, 60_000)

    it.each([
      '',
      'x',
      '1',
      '1.',
      '.1',
      '-1.1',
      '1.1.1',
      ' 0123456789abcdef.1.1',
      '0123456789abcdef.1.1 ',
      '0123456789abcdef.1e3.1',
      '0123456789abcdeg.1.1',
      '0123456789abcdef.18446744073709551616.1',
      '0123456789abcdef.1.9223372036854775808',
      "0123456789abcdef.1.1'; drop",
    ])('refuses %j as a position', async (after) => {
      const store = await create()
      await expect(soFar(store, after)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    })

    it('begins anew behind a position that this server has yet to reach', async () => {
      const store = await create()
      await store.put([record('a')])
      const [{ position }] = (await soFar(store)) as [Change]
      const [lineage, xid] = position.split('.')
      expect(idsOf(await soFar(store, `${lineage}.18446744073709551615.9223372036854775807`))).toEqual(['a'])
      expect(idsOf(await soFar(store, `${lineage}.${xid}.9223372036854775807`))).toEqual([])
    })

    it('begins anew behind a position of other tables, and of those that the same ones were before', async () => {
      const store = await create()
      await store.put([record('a')])
      const [{ position }] = (await soFar(store)) as [Change]
      expect(idsOf(await soFar(store, position.replace(/^\w+/, '0123456789abcdef')))).toEqual(['a'])
      // As the first version wrote them.
      expect(idsOf(await soFar(store, position.replace(/^\w+\./, '')))).toEqual(['a'])
      const other = await create()
      await other.put([record('b')])
      expect(idsOf(await soFar(other, position))).toEqual(['b'])
      const again = (await soFar(other)).at(-1)!.position
      expect(await soFar(other, again)).toEqual([])
    })

    it('wakes at once for what this store writes', async () => {
      const store = await createPostgresStore({ ...(await open()), pollInterval: 3_600_000 })
      stores.push(store)
      const feed = store.changes()[Symbol.asyncIterator]()
      expect((await feed.next()).value).toEqual([])
      for (const write of [() => store.put([record('a')]), () => store.delete(['a'])]) {
        const next = feed.next()
        await write()
        expect(idsOf((await next).value)).toEqual(['a'])
        expect((await feed.next()).value).toEqual([])
      }
      await feed.return?.()
    })
  })

  describe('two stores over one client', () => {
    it('do not run inside the transactions of each other', async () => {
      const options = await open()
      const one = await createPostgresStore({ ...options, pollInterval: 20 })
      const other = await createPostgresStore({ ...options, pollInterval: 20 })
      stores.push(one, other)
      const writes = Array.from({ length: 10 }, (_, at) => [
        one.put(records(30, `one-${at}`)),
        other.put([...records(30, `bad-${at}`), { ...record('bad'), width: 1e12 }]).then(
          () => 'written',
          () => 'refused',
        ),
        other.put(records(30, `other-${at}`)),
      ]).flat()
      const answers = await Promise.all(writes)
      expect(answers.filter((answer) => answer === 'refused')).toHaveLength(10)
      expect(await one.count()).toBe(600)
      expect((await soFar(other)).length).toBe(600)
    }, 60_000)

    it('see the changes of each other', async () => {
      const options = await open()
      const writer = await createPostgresStore(options)
      const reader = await createPostgresStore({ ...options, pollInterval: 20 })
      stores.push(writer, reader)
      const feed = reader.changes()[Symbol.asyncIterator]()
      expect((await feed.next()).value).toEqual([])
      const next = feed.next()
      await writer.put([record('a')])
      expect(idsOf((await next).value)).toEqual(['a'])
      await feed.return?.()
    })
  })

  describe('after closing', () => {
    it('leaves the client open', async () => {
      const options = await open()
      const store = await createPostgresStore(options)
      await store.put([record('a')])
      await store.close()
      const again = await createPostgresStore(options)
      stores.push(again)
      expect(await again.count()).toBe(1)
    })
  })
})
