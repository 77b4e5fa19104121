/** Saves one state of an index after the other, again and again, and says so each time. It is ended from outside. */
import { createHnswIndex } from '@image-recommender/index-hnsw'
import { STATES, stateEntries, stateShape } from './states.js'

const [, , path = ''] = process.argv
const index = await createHnswIndex(stateShape)
console.log('begins')
for (let saves = 0; ; saves++) {
  const state = saves % STATES
  await index.write({ put: stateEntries(state) }, { from: await index.position(), to: String(state) })
  await index.save(path)
  console.log(`saved ${state}`)
}
