/** Saves the states over the same path, in turns, until it is killed; says `ready`, and how many it has saved. */
import { STATES, stateEntries, stateShape } from './states.js'

const [, , built, path] = process.argv
const { createExactIndex } = await import(built)

const indexes = Array.from({ length: STATES }, () => createExactIndex(stateShape))
for (const [state, index] of indexes.entries())
  await index.write({ put: stateEntries(state) }, { from: undefined, to: String(state) })
process.stdout.write('ready\n')
for (let saved = 0; ; process.stdout.write(`${++saved}\n`)) await indexes[saved % STATES].save(path)
