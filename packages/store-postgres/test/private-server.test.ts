import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createRecommender } from '@image-recommender/core'
import { createExactIndex } from '@image-recommender/core/exact-index'
import { sampleRecord } from '@image-recommender/core/testing'
import type pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { createPostgresIndex, createPostgresStore } from '../src/index.ts'
import { describeWithPrivateServer, PrivateServer } from './private-server.ts'
import { idsOf, record, records, soFar } from './records.ts'

describeWithPrivateServer('a server of its own', () => {
  it('whose dump is restored into a new one, its transactions counted anew, has every index begin anew', async () => {
    const [old, fresh] = await Promise.all([PrivateServer.start(), PrivateServer.start()])
    const before = await createPostgresStore({ client: old.pool() })
    await before.put(records(3))
    await spend(old.pool(), 500)
    await before.put([record('late')])
    await old.run(
      'pg_dump',
      '--format=custom',
      `--file=${old.within('dump')}`,
      '--schema=image_recommender',
      'postgres',
    )
    // What an index elsewhere has seen when the server is lost: one change more than the dump has.
    await before.put([record('late', { tags: ['lost'] }), record('lost')])
    const seen = (await soFar(before)).at(-1)!.position
    await before.close()

    const client = fresh.pool()
    await fresh.run('pg_restore', '--dbname=postgres', old.within('dump'))
    const after = await createPostgresStore({ client })
    expect(await after.count()).toBe(4)
    // Nothing is held back although this server is far behind the numbers that the dump brought.
    const all = await soFar(after)
    expect(idsOf(all).sort()).toEqual(idsOf([...records(3), record('late')]).sort())
    expect(idsOf(await soFar(after, seen)).sort()).toEqual(idsOf(all).sort())
    // Also when it has passed them: the position is of other tables, whatever its number.
    await spend(client, 1500)
    await after.put([record('new')])
    expect(idsOf(await soFar(after, seen))).toContain('late')
    expect(idsOf(await soFar(after, all.at(-1)!.position))).toEqual(['new'])
    await after.close()
  }, 120_000)

  it.runIf(inFull)(
    'out of disk fails what it has no room for, keeps the rest, and goes on when there is room again',
    async () => {
      const server = await PrivateServer.start()
      const folder = join(server.folder, 'small')
      mkdirSync(folder)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder])
      onTestFinished(() => {
        execFileSync('umount', ['--lazy', folder])
      })
      execFileSync('chown', ['--reference', join(server.folder, 'data'), folder])
      const admin = server.pool()
      await admin.query(`create tablespace small location '${server.within('small')}'`)
      const store = await createPostgresStore({ client: server.pool({ options: '-c default_tablespace=small' }) })
      await store.put(records(100))
      const large = records(2000, 'large').map((it, at) => ({ ...it, metadata: { noise: noise(at) } }))
      await expect(store.put(large)).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(/53100.*disk of the server is full/s),
      })
      expect(await store.count()).toBe(100)
      expect(await soFar(store)).toHaveLength(100)
      execFileSync('mount', ['-o', 'remount,size=100m', folder])
      await store.put(large)
      expect(await store.count()).toBe(2100)
      await store.close()
    },
    120_000,
  )

  it('that is killed and started again has all that was acknowledged, and a recommender goes on by itself', async () => {
    const server = await PrivateServer.start()
    const space = {
      id: 'contract/space',
      axes: Array.from({ length: 81 }, (_, axis) => `axis ${axis}`),
      threshold: 0.7,
    }
    const client = server.pool()
    const warnings: Error[] = []
    const recommender = await createRecommender({
      extractor: space,
      store: await createPostgresStore({ client, pollInterval: 50 }),
      index: createExactIndex({ dimensions: 81 }),
      onWarning: (warning) => warnings.push(warning),
    })
    await recommender.put(records(30))
    await server.stop()
    await expect(recommender.put([record('lost')])).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await server.start()
    await recommender.put([record('found')])
    expect(await recommender.count()).toBe(31)
    const elsewhere = await createPostgresStore({ client: server.pool() })
    await elsewhere.put([sampleRecord('from elsewhere')])
    const ids = async () => (await recommender.similarTo('found', { limit: 40 })).items.map(({ id }) => id)
    while (!(await ids()).includes('from elsewhere')) await new Promise((resolve) => setTimeout(resolve, 20))
    await elsewhere.close()
    await recommender.close()
  }, 120_000)

  it('that only follows another serves readers, and says to writers where to go', async () => {
    const primary = await PrivateServer.start()
    const store = await createPostgresStore({ client: primary.pool() })
    await store.put(records(3))
    await (await createPostgresIndex({ client: primary.pool(), dimensions: 81 })).close()
    const standby = await primary.standby()
    const reader = await createPostgresStore({ client: standby.pool() })
    const there = async () => idsOf(await soFar(reader))
    while ((await there()).length < 3) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await reader.get(['image-000001'])).toEqual([record('image-000001')])
    // Positions are the same on both.
    expect(await soFar(reader, (await soFar(store)).at(-1)!.position)).toEqual([])
    await store.put([record('new')])
    while (!(await there()).includes('new')) await new Promise((resolve) => setTimeout(resolve, 20))
    for (const write of [() => reader.put([record('b')]), () => reader.delete(['new'])]) {
      await expect(write()).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(/25006.*connect to the primary/s),
      })
    }
    await reader.close()
    await store.close()
  }, 120_000)
})

/** Uses up transaction numbers. */
async function spend(client: pg.Pool, count: number): Promise<void> {
  await client.query(`do $$ begin for n in 1..${count} loop perform pg_current_xact_id(); commit; end loop; end $$`)
}

/** What no compression makes smaller. */
function noise(seed: number): string {
  let [text, state] = ['', seed + 1]
  while (text.length < 10_000) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    text += (state >>> 0).toString(36)
  }
  return text
}
