/** A process that starts over and over: makes the store and the indexes of a place where they are not there yet, adds an image, and closes. */
import { sampleRecord } from '@image-recommender/core/testing'
import { DIMENSIONS } from './images.js'
import { Clients, openIndex, openStore } from './parts.js'

/** @param {{ place: import('./parts.js').Place, kinds: import('./parts.js').IndexKind[], id: string }} given */
async function start({ place, kinds, id }) {
  const clients = new Clients(place)
  try {
    const store = await openStore(place, clients)
    const indexes = await Promise.all(kinds.map((kind) => openIndex(kind, place, clients, DIMENSIONS)))
    await store.put([sampleRecord(id)])
    for (const index of indexes) await index.close()
    await store.close()
  } finally {
    await clients.close()
  }
}

process.on('message', async (given) => {
  try {
    await start(given)
    process.send?.({})
  } catch (error) {
    process.send?.({ error: `${error.code} ${error.message}` })
  }
})
process.on('disconnect', () => process.exit())
process.send?.({})
