import { expect, it } from 'vitest'
import { describeEachStore, type IndexKind } from './places.ts'
import { Storm } from './storm.ts'

/** `npm run storms` sets more. */
const kills = Number(process.env.STORM_KILLS ?? 8)
const seed = Number(process.env.STORM_SEED ?? Math.floor(Math.random() * 2 ** 31))

describeEachStore((open, kinds, store) => {
  it(
    `after a storm of writes, ${kills} kills and cut connections every index equals the store`,
    async () => {
      const place = await open()
      // Two share each shared index.
      const indexes = kinds.flatMap((kind): IndexKind[] =>
        kind === 'exact' || kind === 'hnsw' ? [kind] : [kind, kind],
      )
      const storm = new Storm({
        open: place,
        indexes: indexes.length > 2 ? indexes : [...indexes, ...indexes],
        kills,
        seed,
      })
      try {
        await storm.run()
      } finally {
        const points = [...storm.kills].map(([point, count]) => `${count} × ${point}`).join(', ')
        const failures = [...storm.failures].map(([code, count]) => `${count} × ${code}`).join(', ') || 'none'
        const agreed = storm.agreedAfter.join(', ')
        console.log(
          `${store}, seed ${seed}: ${storm.killed} killed (${points}); ${storm.writes} writes, failed: ${failures}; ${storm.failedStarts} could not start; agreed after ${agreed} ms`,
        )
        await place.remove()
      }
      expect(storm.killed).toBeGreaterThanOrEqual(kills)
    },
    120_000 + kills * 10_000,
  )
})
