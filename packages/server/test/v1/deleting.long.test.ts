import { it } from 'vitest'
import { testApp } from '../test-app.ts'
import { deletingLeavesNothing } from './deleting.ts'

it('what was deleted is nowhere, after any of 1,000 sequences of requests', { timeout: 1_200_000 }, async () => {
  const test = await testApp()
  await deletingLeavesNothing(test, 1000)
  await test.close()
})
