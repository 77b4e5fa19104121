import { expect, it } from 'vitest'
import { contentOf, Mirror } from './mirror.ts'
import { openedStores } from './opened-stores.ts'
import { describeWithPrivateServer, PrivateServer } from './private-server.ts'
import { record, records, turn } from './records.ts'
import { Writers } from './writers.ts'

const open = openedStores()
const KILLS = 3

/** What docs/redis.md says under "What is lost when", for a server that is killed. */
const modes = [
  { name: 'neither snapshots nor a file', settings: ['--appendonly', 'no'], keeps: 'nothing' },
  {
    name: 'snapshots at the usual points',
    settings: ['--appendonly', 'no', '--save', '3600 1 300 100 60 10000'],
    keeps: 'its last snapshot',
  },
  {
    name: 'appendfsync everysec',
    settings: ['--appendonly', 'yes', '--appendfsync', 'everysec'],
    // As a rule all. While the disk is still busy with what came before, Redis answers, and writes up to two seconds later.
    keeps: 'what it had written',
  },
  {
    name: 'appendfsync always',
    settings: ['--appendonly', 'yes', '--appendfsync', 'always'],
    keeps: 'all that was acknowledged',
  },
] as const

describeWithPrivateServer('a server with', () => {
  it.each(modes)(
    `$name that is killed ${KILLS} times amid writes has $keeps`,
    async ({ name, settings, keeps }) => {
      const server = await PrivateServer.start(...settings)
      const client = server.client({ maxRetriesPerRequest: null })
      let acknowledged = 0
      let lost = 0
      for (let kill = 0; kill < KILLS; kill++) {
        const prefix = `killed-${kill}`
        const store = await open(client, prefix)
        const mirror = new Mirror(store)
        await store.put(records(50))
        await mirror.catchUp()
        if (keeps === 'its last snapshot') await client.call('save')
        if (keeps === 'what it had written')
          while (!/^aof_buffer_length:0\r/m.test(await client.info('persistence'))) await turn(10)
        const writers = new Writers((ids, number) => store.put(ids.map((id) => record(id, { tags: [`${number}`] }))))
        await writers.more(30)
        // Amid a rewrite of the file, too, where there is one.
        if (kill === 1) await client.call('bgrewriteaof').catch(() => {})
        await server.kill()
        const stopped = writers.stop()
        await server.start()
        await stopped

        const content = await contentOf(store)
        const gone = writers.lostIn(content)
        acknowledged += writers.acknowledged.size
        lost += gone.length
        const ofBefore = records(50).filter(({ id }) => content.has(id))
        expect(ofBefore).toHaveLength(keeps === 'nothing' ? 0 : 50)
        if (keeps === 'all that was acknowledged') expect(gone).toEqual([])
        else if (keeps !== 'what it had written') expect(gone.length).toBeGreaterThan(0)
        // Whoever follows has what the store has, and of what was lost without a trace only what nobody can name.
        await mirror.catchUp()
        expect(new Map([...mirror.sorted()].filter(([id]) => content.has(id)))).toEqual(content)
      }
      console.log(`${name}: of ${acknowledged} images acknowledged amid ${KILLS} kills ${lost} lost`)
    },
    120_000,
  )
})
