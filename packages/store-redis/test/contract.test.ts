import { imageStoreContract } from '@image-recommender/core/testing'
import { describe, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { createRedisStore } from '../src/index.ts'
import { describeBothShapes, describeEachServer, type TestClient } from './servers.ts'

const describeServers = inFull ? describeEachServer : describeBothShapes

describeServers((server) => {
  let client: TestClient | undefined
  imageStoreContract({
    describe,
    it: (name, test) => it(name, test, 60_000),
    create: async () => {
      client ??= server.connect()
      return createRedisStore({ client, prefix: server.freshPrefix() })
    },
  })
})
