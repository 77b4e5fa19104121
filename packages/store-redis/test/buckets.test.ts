import { expect, it } from 'vitest'
import { Commands } from '../src/client/commands.ts'
import { Buckets } from '../src/store/buckets.ts'
import { keysOf } from '../src/store/keys.ts'
import { through } from './faulty-client.ts'

it('asks all buckets in turn, a few each time, and then the first ones again', async () => {
  const asked: string[] = []
  const { buckets: keys } = keysOf('p')
  const connection = through({} as never, async (_, args) => asked.push(String(args[2])))
  const buckets = new Buckets(new Commands(connection), keys)
  for (let turn = 0; turn < 9; turn++) await buckets.checkNext()
  const all = keys.map(({ records }) => records)
  expect(asked).toEqual([...all, ...all.slice(0, 8)])
})
