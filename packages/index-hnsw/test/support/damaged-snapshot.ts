import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHnswIndex } from '@image-recommender/index-hnsw'
import { expect } from 'vitest'
import type { HnswIndex } from '../../src/hnsw-index.ts'
import { denseEntries } from './entries.ts'
import { testFolder } from './folder.ts'
import { onlyWhereItMust, openHere } from './index-here.ts'

export const shape = { dimensions: 6, metric: 'euclidean', m: 4, efConstruction: 20 } as const

/** The bytes of the snapshot of a small index, with free slots. */
export async function savedIndex(): Promise<Buffer> {
  const index = await createHnswIndex(shape)
  await index.write({ put: denseEntries(400, 6, 1) })
  await index.write({ delete: denseEntries(40, 6, 1).map(({ id }) => id) }, { from: undefined, to: 'p:1' })
  const folder = mkdtempSync(join(tmpdir(), 'index-hnsw-'))
  await index.save(join(folder, 'whole'))
  await index.close()
  const file = readFileSync(join(folder, 'whole'))
  rmSync(folder, { recursive: true })
  return file
}

/** As the worker thread opens it, which makes an `INDEX_FAILED` of the Error. */
export function openDamaged(path: string): Promise<HnswIndex> {
  return openHere(path, { ...shape, efSearch: 10, scans: onlyWhereItMust })
}

export async function expectRefused(bytes: Uint8Array, reason = /./, what = ''): Promise<void> {
  const { path } = testFolder()
  writeFileSync(path, bytes)
  const error = await openDamaged(path).catch((caught) => caught)
  expect(error, what).toBeInstanceOf(Error)
  // The reason must have been seen, not stumbled over: a TypeError would mean that nobody had checked the bytes.
  expect(error.constructor, `${what}: ${error.stack}`).toBe(Error)
  expect(error.message, what).toMatch(reason)
}
