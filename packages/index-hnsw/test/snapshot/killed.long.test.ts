/**
 * A process is killed while it saves, at random moments. What it was writing beside the snapshot, under names of its
 * own, may be left behind: it is never taken for a snapshot.
 */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { killedAmidSaves } from '../../../core/test/exact-index/snapshot/support/killed-amid-saves.ts'
import { testFolder } from '../support/folder.ts'
import { openHere } from '../support/index-here.ts'
import { ModelIndex } from '../support/model-index.ts'
import { STATES, stateEntries, stateShape } from './programs/states.js'

// For more of them, name more.
const { KILLS = '100' } = process.env
/** About as long as two saves take. */
const MOST_MILLISECONDS = 40
const program = fileURLToPath(new URL('programs/save-for-ever.js', import.meta.url))

it('kill -9 amid saves leaves one whole state, never a mix', async () => {
  const { path, files } = testFolder()
  let state = -1
  for (let kill = 0; kill < Number(KILLS); kill++) {
    const saved = await killedAmidSaves(
      [program, path],
      Math.floor(3 * Math.random()),
      MOST_MILLISECONDS * Math.random(),
    )
    // What was there before, or was saved last; or the next, which it could not say any more.
    const last = saved === 0 ? state : (saved - 1) % STATES
    if (last < 0 && !files().includes('index.snapshot')) continue
    const opened = await openHere(path, { ...stateShape, scans: () => true })
    state = Number(await opened.position())
    expect([last, saved % STATES], `after ${saved} saves`).toContain(state)
    const model = new ModelIndex(stateShape.dimensions, stateShape.metric)
    model.put(stateEntries(state))
    const where = { tags: { all: [`state-${state}`] } }
    expect(await opened.counts(where)).toEqual(model.counts(where))
    for (const { vector } of stateEntries(0).slice(0, 20))
      expect(await opened.search({ vector, limit: 9 })).toEqual(model.search({ vector, limit: 9 }))
  }
  // Else it would never have been killed amid a save.
  expect(files().filter((name) => name !== 'index.snapshot').length).toBeGreaterThan(0)
}, 1_800_000)
