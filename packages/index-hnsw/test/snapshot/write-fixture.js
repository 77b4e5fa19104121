/**
 * Writes the fixture of the present format, of which a release then has to read it for ever:
 *
 *     node packages/index-hnsw/test/snapshot/write-fixture.js
 *
 * Run it only where the format has a new version, and add a fixture then; those of released versions stay as they are.
 * The package must be built.
 */
import { fileURLToPath } from 'node:url'
import { createHnswIndex } from '@image-recommender/index-hnsw'
import { FIXTURE_OPTIONS, FIXTURE_POSITION, fixtureEntries, leftEntries } from './fixture-entries.js'

const path = fileURLToPath(new URL('../fixtures/hnsw-index-v1.snapshot', import.meta.url))
const index = await createHnswIndex(FIXTURE_OPTIONS)
const left = leftEntries()
await index.write({ put: left })
await index.write({ put: fixtureEntries() })
await index.write({ delete: left.map(({ id }) => id) }, FIXTURE_POSITION)
await index.save(path)
console.log(`${path} has been written: ${(await index.counts()).total} images`)
await index.close()
