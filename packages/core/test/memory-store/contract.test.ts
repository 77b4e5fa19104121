import { describe, it } from 'vitest'
import { createMemoryStore } from '../../src/memory-store/index.ts'
import { imageStoreContract } from '../../src/testing/index.ts'

describe('createMemoryStore', () => {
  imageStoreContract({ describe, it, create: async () => createMemoryStore() })
})
