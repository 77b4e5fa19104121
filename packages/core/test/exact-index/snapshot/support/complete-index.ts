import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createExactIndex, type ExactIndex } from '../../../../src/exact-index/index.ts'
import { fixtureEntries, leftEntries } from './fixture-entries.js'
import { snapshotFolder } from './snapshot-folder.ts'

export const completeShape = { dimensions: 81, metric: 'euclidean' } as const

/** Small, but with some of everything: blocks, trees, dense vectors, strings, tags, and holes where others were. */
export async function completeIndex(): Promise<ExactIndex> {
  const index = createExactIndex(completeShape)
  const left = leftEntries()
  await index.write({ put: left })
  await index.write({ put: fixtureEntries() })
  await index.write({ delete: left.map(({ id }) => id) }, { from: undefined, to: 'p:1' })
  return index
}

/** The bytes of its snapshot. */
export async function completeSnapshot(): Promise<Buffer> {
  const path = join(snapshotFolder().folder, 'complete.snapshot')
  const index = await completeIndex()
  await index.save(path)
  return readFileSync(path)
}
