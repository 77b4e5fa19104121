/** Whose thread does the work, and in what pieces. How long they take is not tested: see benchmarks/hnsw. */
import { createHnswIndex } from '@image-recommender/index-hnsw'
import { expect, it } from 'vitest'
import { denseEntries } from './support/entries.ts'

it("loads no native code into the application's thread", async () => {
  const index = await createHnswIndex({ dimensions: 8 })
  await index.write({ put: denseEntries(100, 8, 1) })
  await index.search({ vector: denseEntries(1, 8, 2)[0]!.vector, limit: 3 })
  const { sharedObjects } = process.report!.getReport() as unknown as { sharedObjects: string[] }
  await index.close()
  // The process has it, as the worker thread is of the process.
  expect(sharedObjects.some((path) => path.includes('hnswlib'))).toBe(true)
  expect(Object.keys((await import('node:module')).createRequire(import.meta.url).cache)).not.toContainEqual(
    expect.stringContaining('hnswlib'),
  )
})

it('answers searches amid a long write, and lets the application have its turns', async () => {
  const index = await createHnswIndex({ dimensions: 32 })
  const entries = denseEntries(9000, 32, 1)
  await index.write({ put: entries.slice(0, 10) })
  let isWriting = true
  const written = index.write({ put: entries }, { from: undefined, to: 'p:1' }).finally(() => {
    isWriting = false
  })
  let turns = 0
  const counting = setInterval(() => turns++)
  const totals = new Set<number>()
  while (isWriting) {
    await index.search({ vector: entries[0]!.vector, limit: 3 })
    const position = await index.position()
    const { total } = await index.counts()
    totals.add(total)
    if (position === 'p:1') expect(total).toBe(9000)
    else expect(position).toBeUndefined()
    await new Promise((resolve) => setTimeout(resolve))
  }
  clearInterval(counting)
  await written
  expect(turns).toBeGreaterThan(10)
  // Were it written in one piece, it would have been seen at its beginning and its end alone.
  expect(totals.size).toBeGreaterThan(10)
  expect(await index.position()).toBe('p:1')
  await index.close()
}, 60_000)
