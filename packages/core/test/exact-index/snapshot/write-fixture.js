/**
 * Writes the fixture of the present format, of which a release then has to read it for ever:
 *
 *     node packages/core/test/exact-index/snapshot/write-fixture.js
 *
 * Run it only where the format has a new version, and add a fixture then; those of released versions stay as they are.
 */
import { fileURLToPath } from 'node:url'
import { prepare } from '../../../../../scripts/workspace.js'
import {
  FIXTURE_DIMENSIONS,
  FIXTURE_METRIC,
  FIXTURE_POSITION,
  fixtureEntries,
  leftEntries,
} from './support/fixture-entries.js'

// What ships writes it, so that it is as in the field.
prepare()
const built = new URL('../../../dist/exact-index.js', import.meta.url).href
const { createExactIndex } = await import(built)

const path = fileURLToPath(new URL('../../fixtures/exact-index-v1.snapshot', import.meta.url))
const index = createExactIndex({ dimensions: FIXTURE_DIMENSIONS, metric: FIXTURE_METRIC })
const left = leftEntries()
await index.write({ put: left })
await index.write({ put: fixtureEntries() })
await index.write({ delete: left.map(({ id }) => id) }, FIXTURE_POSITION)
await index.save(path)
console.log(`${path} has been written: ${index.memory().images} images`)
