import fc from 'fast-check'
import { createPostgresStore } from '../../src/index.ts'
import type { Server } from '../databases.ts'
import { commands, follow, ids, type Model, type Real } from './commands.ts'
import { losesCommits } from './losing-pool.ts'

// The same runs every time; to look farther, name another seed.
const seed = Number(process.env.PROPERTY_SEED ?? '1')

/** Does the same to stores over one table and to a map, and compares. */
export async function storesBesideModel(server: Server, runs: number): Promise<void> {
  const options = { schema: server.schema, table: server.freshTable(), pollInterval: 20 }
  const pools = [server.pool(), server.pool()]
  const lose = losesCommits(pools[0]!)
  const reopen = (at: number) => createPostgresStore({ ...options, client: pools[at]! })
  const stores = [await reopen(0), await reopen(1)]
  const real: Real = { stores, lose, reopen, mirror: new Map(), position: undefined }
  const empty = async (): Promise<Model> => {
    await stores[1]!.delete(ids)
    return new Map()
  }
  const property = fc.asyncProperty(commands, async (commands) => {
    const model = await empty()
    await fc.asyncModelRun(() => ({ model, real }), commands)
    await follow(0)(model, real)
  })
  try {
    await fc.assert(property, { seed, numRuns: runs })
  } finally {
    for (const store of stores) await store.close()
  }
}
