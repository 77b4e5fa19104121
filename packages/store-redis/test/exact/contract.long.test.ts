import { similarityIndexContract } from '@image-recommender/core/testing'
import { describe, it } from 'vitest'
import { createRedisIndex } from '../../src/index.ts'
import { describeEachServer, type TestClient } from '../servers.ts'

describeEachServer((server) => {
  let client: TestClient | undefined
  const connected = () => {
    client ??= server.connect()
    return client
  }
  similarityIndexContract({
    describe,
    it: (name, test) => it(name, test, 120_000),
    create: async (shape) => createRedisIndex({ client: connected(), prefix: server.freshPrefix(), ...shape }),
    createPair: async (shape) => {
      const options = { client: connected(), prefix: server.freshPrefix(), ...shape }
      return [await createRedisIndex(options), await createRedisIndex({ ...options, client: server.connect() })]
    },
  })
})
