/** Starts over a store that has nothing to say for a while, and keeps no process alive meanwhile; nothing else does. */
const [, , built] = process.argv
const { createMemoryStore, createRecommender } = await import(built)

const store = createMemoryStore()
const slow = {
  put: (records) => store.put(records),
  get: (ids) => store.get(ids),
  delete: (ids) => store.delete(ids),
  scan: () => store.scan(),
  sample: (count) => store.sample(count),
  count: () => store.count(),
  changes: async function* (options) {
    await new Promise((resolve) => setTimeout(resolve, 300).unref())
    yield* store.changes(options)
  },
  close: () => store.close(),
}
await createRecommender({ extractor: { id: 'alone', axes: ['a'], threshold: null }, store: slow })
console.log('ready')
// Behind its back: it is tried again and again, which keeps no process alive either.
if (process.argv[3] === 'closed') await store.close()
