import { IndexCommands } from '../../src/exact/index-commands.ts'
import { indexDirectoryKeysOf, indexKeysOf } from '../../src/exact/index-keys.ts'
import { Members } from '../../src/exact/members.ts'
import type { RedisIndexClient } from '../../src/index.ts'

/** All keys of an index, however many there are. */
export async function deleteIndex(client: RedisIndexClient, prefix: string): Promise<void> {
  const { meta, sets, log } = indexDirectoryKeysOf(prefix)
  const buckets = Number(await client.callBuffer('hget', meta, 'buckets').catch(() => 0))
  await client.callBuffer('unlink', meta, sets, log)
  if (buckets === 0) return
  const keys = indexKeysOf(prefix, buckets)
  const members = new Members(new IndexCommands(client), keys.buckets, 1)
  for (const [bucket, { state }] of keys.buckets.entries()) {
    await members.clear(bucket, 'nobody').catch(() => {})
    await client.callBuffer('unlink', state)
  }
}
