/**
 * A process is killed while it saves, at random moments. What it was writing beside the snapshot, under a name of its
 * own, may be left behind: who is killed cannot clean up, and nobody else can tell whether it is still being written.
 * It is never taken for a snapshot.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { STATES, stateEntries, stateShape } from './programs/states.js'
import { killedAmidSaves } from './support/killed-amid-saves.ts'
import { KnownAnswers } from './support/known-answers.ts'
import { snapshotFolder } from './support/snapshot-folder.ts'

const KILLS = 100
/** About as long as two saves take. */
const MOST_MILLISECONDS = 30
const program = fileURLToPath(new URL('programs/save-for-ever.js', import.meta.url))
const built = new URL('../../../dist/exact-index.js', import.meta.url)
const states = Array.from({ length: STATES }, (_, state) => {
  return new KnownAnswers(stateShape, stateEntries(state), String(state))
})

it('kill -9 amid saves leaves one whole state, never a mix', async () => {
  if (!existsSync(built)) throw new Error('packages/core is not built; `npm test` does that first.')
  // What ships has written it, and so it reads it, too.
  const { openExactIndex } = (await import(built.href)) as typeof import('../../../src/exact-index/index.ts')
  const { path, files } = snapshotFolder()
  let state = -1
  for (let kill = 0; kill < KILLS; kill++) {
    const saved = await killedAmidSaves(
      [program, built.href, path],
      Math.floor(3 * Math.random()),
      MOST_MILLISECONDS * Math.random(),
    )
    // What was there before, or was saved last; or the next, which it could not say any more.
    const last = saved === 0 ? state : (saved - 1) % STATES
    if (last < 0 && !files().includes('index.snapshot')) continue
    const opened = await openExactIndex(path, stateShape)
    state = Number(await opened.position())
    expect([last, saved % STATES], `after ${saved} saves`).toContain(state)
    await states[state]!.expectOf(opened)
    await opened.close()
  }
  // Else it would never have been killed amid a save.
  expect(files().filter((name) => name.endsWith('.tmp')).length).toBeGreaterThan(KILLS / 10)
}, 1_800_000)
