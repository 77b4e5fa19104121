import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { indexDirectoryKeysOf, indexKeysOf } from '../../src/exact/index-keys.ts'
import { describeWithPrivateServer, PrivateServer } from '../private-server.ts'
import { describeBothShapes, type TestClient } from '../servers.ts'
import { deleteIndex } from './delete-index.ts'
import { closeIndexes, contentOf, entry, open } from './indexes.ts'

closeIndexes()

const ids = Array.from({ length: 40 }, (_, at) => `image-${at}`)
/** Class sets that depend on the round. */
const images = (round: number) => ids.map((id, at) => entry(id, { [round]: 0.9, [round + 1 + (at % 4)]: 0.8 }))
const content = (round: number) =>
  new Map(
    images(round)
      .map(({ id, vector }) => [id, vector.join()] as const)
      .sort(),
  )

describeBothShapes((server) => {
  const keysOf = async (client: TestClient, prefix: string) => {
    const { meta } = indexDirectoryKeysOf(prefix)
    return indexKeysOf(prefix, Number(await client.callBuffer('hget', meta, 'buckets')))
  }

  it('all is lost: every process sees an empty index at its beginning, and fills it again', async () => {
    const client = server.connect()
    const prefix = server.freshPrefix()
    const [one, other] = [await open(client, prefix), await open(client, prefix)]
    await one.write({ put: images(0) }, { from: undefined, to: 'p:1' })
    expect(await contentOf(other)).toEqual(content(0))
    await deleteIndex(client, prefix)
    expect(await one.position()).toBe(undefined)
    expect(await contentOf(other)).toEqual(new Map())
    expect(await one.write({ put: images(1) }, { from: 'p:1', to: 'p:2' })).toBe(false)
    expect(await other.write({ put: images(1) }, { from: undefined, to: 'p:2' })).toBe(true)
    expect(await contentOf(one)).toEqual(content(1))
    expect(await one.write({ put: images(2) })).toBe(true)
    for (const index of [one, other, await open(client, prefix)]) expect(await contentOf(index)).toEqual(content(2))
  })

  it('the directory is lost and buckets are not: what they held goes, and comes back from the store', async () => {
    const client = server.connect()
    const prefix = server.freshPrefix()
    const [one, other] = [await open(client, prefix), await open(client, prefix)]
    await one.write({ put: images(0) }, { from: undefined, to: 'p:1' })
    expect(await contentOf(other)).toEqual(content(0))
    const { meta, sets, log } = indexDirectoryKeysOf(prefix)
    await client.callBuffer('unlink', meta, sets, log)
    expect(await one.position()).toBe(undefined)
    const few = images(1).slice(0, 5)
    expect(await other.write({ put: few }, { from: undefined, to: 'p:1' })).toBe(true)
    for (const index of [one, other, await open(client, prefix)]) {
      expect([...(await contentOf(index)).keys()]).toEqual(few.map(({ id }) => id))
    }
    expect(await one.write({ put: images(2) }, { from: 'p:1', to: 'p:2' })).toBe(true)
    for (const index of [one, other]) expect(await contentOf(index)).toEqual(content(2))
  })

  it('the log of class sets lost its end: the index is filled again, and every process knows all sets', async () => {
    const client = server.connect()
    const prefix = server.freshPrefix()
    const [one, other] = [await open(client, prefix), await open(client, prefix)]
    await one.write({ put: images(0) }, { from: undefined, to: 'p:1' })
    await one.write({ put: images(3) }, { from: 'p:1', to: 'p:2' })
    const { sets, log } = (await keysOf(client, prefix)).directory
    // Before the sets of the second write.
    await client.callBuffer('ltrim', log, 0, 4)
    for (const name of (await client.callBuffer('hkeys', sets)) as Buffer[]) {
      if (name[0] === 3) await client.callBuffer('hdel', sets, name)
    }
    // Whoever opens the index now meets members of sets that nobody tells of.
    await (await open(client, prefix)).search({ vector: images(0)[0]!.vector, limit: 1 })
    expect(await other.position()).toBe(undefined)
    expect(await other.write({ put: images(3) }, { from: undefined, to: 'p:2' })).toBe(true)
    expect(await one.write({ put: images(5).slice(0, 20) }, { from: 'p:2', to: 'p:3' })).toBe(true)
    const changed = images(5).slice(0, 20)
    const expected = content(3)
    for (const { id, vector } of changed) expected.set(id, vector.join())
    for (const index of [one, other, await open(client, prefix)]) expect(await contentOf(index)).toEqual(expected)
  })

  it('a fence that the directory has forgotten keeps nobody out', async () => {
    const client = server.connect()
    const prefix = server.freshPrefix()
    const index = await open(client, prefix)
    for (let at = 0; at < 5; at++)
      await index.write({ put: images(0) }, { from: at ? `p:${at}` : undefined, to: `p:${at + 1}` })
    await client.callBuffer('hdel', indexDirectoryKeysOf(prefix).meta, 'counter')
    expect(await index.write({ put: images(1) }, { from: 'p:5', to: 'p:6' })).toBe(true)
    expect(await contentOf(index)).toEqual(content(1))
  })
})

describeWithPrivateServer('a server', () => {
  describe('that is killed', () => {
    it('and kept nothing is empty, at the beginning, and ready', async () => {
      const server = await PrivateServer.start()
      const client = server.client()
      const index = await open(client)
      await index.write({ put: images(0) }, { from: undefined, to: 'p:1' })
      await server.kill()
      await server.start()
      expect(await index.position()).toBe(undefined)
      expect(await index.write({ put: images(1) }, { from: undefined, to: 'p:1' })).toBe(true)
      expect(await contentOf(index)).toEqual(content(1))
    }, 60_000)

    it('and kept everything goes on where it was', async () => {
      const server = await PrivateServer.start('--appendonly', 'yes', '--appendfsync', 'always')
      const client = server.client()
      const index = await open(client)
      await index.write({ put: images(0) }, { from: undefined, to: 'p:1' })
      await server.kill()
      await server.start()
      await setTimeout(50)
      expect(await index.position()).toBe('p:1')
      expect(await contentOf(index)).toEqual(content(0))
    }, 60_000)
  })
})
