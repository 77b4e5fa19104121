import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { createGate } from '../gate.ts'
import { testApp } from '../test-app.ts'
import { deletingLeavesNothing } from './deleting.ts'

it('what was deleted is nowhere, after any sequence of requests', { timeout: 120_000 }, async () => {
  const test = await testApp()
  await deletingLeavesNothing(test, 30)
  await test.close()
})

it('what is being shown while it is deleted leaves no thumbnail behind', async () => {
  const gate = createGate()
  const test = await testApp({
    files: (real) => ({
      async read(name) {
        const bytes = await real.read(name)
        await gate.pass()
        return bytes
      },
    }),
  })
  const id = await test.add({ dog: 0.9 })
  const looking = test.inject(`/v1/images/${id}/thumbnail`)
  await gate.reached
  expect((await test.inject({ method: 'DELETE', url: `/v1/images/${id}` })).statusCode).toBe(204)
  gate.open()
  await looking
  expect((await test.inject(`/v1/images/${id}/thumbnail`)).statusCode).toBe(404)
  expect(await readdir(test.cache).catch(() => [])).toEqual([])
  await test.close()
})

it('what somebody looks at between two steps of its deletion leaves no thumbnail behind', async () => {
  let look = async () => {}
  const test = await testApp({
    files: (real) => ({
      async remove(name) {
        await look()
        await real.remove(name)
      },
    }),
  })
  const id = await test.add({ dog: 0.9 })
  look = async () => {
    await test.app.inject(`/v1/images/${id}/thumbnail`)
  }
  expect((await test.inject({ method: 'DELETE', url: `/v1/images/${id}` })).statusCode).toBe(204)
  expect(await readdir(test.cache).catch(() => [])).toEqual([])
  await test.close()
})
