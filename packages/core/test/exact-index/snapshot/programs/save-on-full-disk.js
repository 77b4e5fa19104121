/**
 * Runs where no file may grow beyond some hundred kilobytes, which to a program is like a full disk: what fits is
 * written, then a write fails. Saves a small index, then it grown large, then it shrunk; prints what came of it.
 */
const [, , built, path] = process.argv
const { createExactIndex, openExactIndex } = await import(built)

const DIMENSIONS = 64
const index = createExactIndex({ dimensions: DIMENSIONS })
/** @param {number} count @param {number} value */
const entries = (count, value) =>
  Array.from({ length: count }, (_, at) => ({
    id: String(at),
    vector: Float32Array.from({ length: DIMENSIONS }, (_, axis) => value + ((at * 31 + axis * 17) % 97)),
    tags: [`${value}`],
  }))
const opened = async () => {
  const saved = await openExactIndex(path, { dimensions: DIMENSIONS })
  return [await saved.position(), (await saved.counts()).total]
}

await index.write({ put: entries(100, 1) }, { from: undefined, to: 'small' })
await index.save(path)
await index.write({ put: entries(20_000, 2) }, { from: 'small', to: 'large' })
const failures = []
for (let attempt = 0; attempt < 3; attempt++) {
  await index.save(path).catch(({ name, code, message }) => failures.push({ name, code, message }))
}
const afterFailure = await opened()
const [nearest] = await index.search({ vector: entries(7, 2)[6].vector, limit: 1 })
const grown = [nearest.distance, await index.position(), (await index.counts()).total]
await index.write(
  {
    delete: entries(20_000, 2)
      .slice(50)
      .map(({ id }) => id),
  },
  { from: 'large', to: 'small again' },
)
await index.save(path)
console.log(JSON.stringify({ failures, afterFailure, grown, afterwards: await opened() }))
