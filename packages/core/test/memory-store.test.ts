import { describe, it } from 'vitest'
import { createMemoryStore } from '../src/memory-store.ts'
import { imageStoreContract } from '../src/testing/index.ts'

describe('createMemoryStore', () => {
  imageStoreContract({ describe, it, create: async () => createMemoryStore() })
})
