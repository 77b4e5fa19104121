import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { PrivateServer } from './private-server.ts'

/** Lets a slot be on its way from one master of a Cluster to another, with all its keys still at the first. */
export async function beginMove(slot: number, from: PrivateServer, to: PrivateServer): Promise<void> {
  await withBoth(from, to, async (source, target) => {
    await target.call('cluster', 'setslot', slot, 'importing', await idOf(source))
    await source.call('cluster', 'setslot', slot, 'migrating', await idOf(target))
  })
}

/** Moves a slot as `redis-cli --cluster reshard` does: key by key, while both masters serve. */
export async function moveSlot(slot: number, from: PrivateServer, to: PrivateServer): Promise<void> {
  await beginMove(slot, from, to)
  await withBoth(from, to, async (source, target) => {
    for (;;) {
      const keys = (await source.call('cluster', 'getkeysinslot', slot, 10)) as string[]
      if (keys.length === 0) break
      await source.call('migrate', '127.0.0.1', to.port, '', 0, 30_000, 'keys', ...keys)
    }
    await hearsOfEpoch(target, source)
    const owner = await idOf(target)
    for (const server of [target, source]) await server.call('cluster', 'setslot', slot, 'node', owner)
  })
}

async function withBoth(
  from: PrivateServer,
  to: PrivateServer,
  work: (source: Redis, target: Redis) => Promise<void>,
): Promise<void> {
  const clients = [from.client(), to.client()] as const
  await work(...clients)
  for (const client of clients) client.disconnect()
}

/**
 * Waits until a master has heard of the epoch of another. Only then is its own later once it takes over a slot; else the other, which claims
 * the slot until it is told itself, gets it back there, and each says for ever that the other has it.
 */
async function hearsOfEpoch(listener: Redis, other: Redis): Promise<void> {
  const id = await idOf(other)
  const epoch = Number(/cluster_my_epoch:(\d+)/.exec(String(await other.call('cluster', 'info')))![1])
  for (;;) {
    const nodes = String(await listener.call('cluster', 'nodes')).split('\n')
    const [, , , , , , heard] = nodes.find((line) => line.startsWith(id))!.split(' ')
    if (Number(heard) >= epoch) return
    await setTimeout(10)
  }
}

async function idOf(server: Redis): Promise<string> {
  return String(await server.call('cluster', 'myid'))
}
