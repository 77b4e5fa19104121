import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requests as count, seed } from '../extent.ts'
import { keptFinds, writeFind } from '../finds.ts'
import { pickFor } from '../mutations.ts'
import { changedRequest } from './changed-request.ts'
import { generatedRequests } from './generated-requests.ts'
import { Target } from './target.ts'
import { raw, smallPicture, validRequests } from './valid-requests.ts'

const AT_ONCE = 8
/** A server that is this broken need not be asked any more. */
const ENOUGH_FINDS = 20
/** Bytes that the server may have of the machine's memory at the end. */
const MOST_MEMORY = 1500 * 1024 * 1024
const timeout = 180_000 + count * 500
const finds = await keptFinds('requests')

describe.runIf(count > 0)(`the server is given what is no request of its own (seed ${seed})`, () => {
  let target: Target
  beforeAll(async () => {
    target = await Target.start()
  }, 180_000)
  afterAll(async () => {
    await target.tidy()
    const memory = await target.memory()
    const told = [...target.statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${times} × ${status}`)
    console.log(`${told.join(', ')}; RSS ${Math.round(memory / 1e6)} MB, seed ${seed}`)
    expect(await target.stop()).toEqual({ code: 0, errors: '' })
    expect(memory).toBeLessThan(MOST_MEMORY)
  }, 180_000)

  it.each(finds)('$name, which once was too much', async ({ bytes }) => {
    expect(await target.complaint(bytes, true)).toBeUndefined()
  })

  const changed = Math.ceil(count / 2)
  it(
    `${changed} valid ones, changed byte by byte and word by word`,
    async () => {
      const sources = await validRequests()
      const requestAt = (at: number) => changedRequest(sources, pickFor(seed, at))
      const found: string[] = []
      let next = 0
      const work = async () => {
        for (let at = next++; at < changed && found.length < ENOUGH_FINDS; at = next++) {
          const bytes = requestAt(at)
          const complaint = await target.complaint(bytes)
          if (complaint !== undefined)
            found.push(`${await writeFind('requests', `${seed}-${at}`, bytes)}: ${complaint}`)
          if (at % 500 === 0) await target.tidy()
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      expect(found).toEqual([])
    },
    timeout,
  )

  const generated = Math.floor(count / 2)
  it(
    `${generated} generated ones`,
    async () => {
      let sent = 0
      const generator = generatedRequests(await smallPicture())
      const property = fc.asyncProperty(generator, async (request) => {
        if (++sent % 500 === 0) await target.tidy()
        const bytes = raw(request)
        const complaint = await target.complaint(bytes, true)
        if (complaint === undefined) return
        await writeFind('requests', `${seed}-generated`, bytes)
        throw new Error(complaint)
      })
      // One after the other, each time; so several times at once.
      const numRuns = Math.ceil(generated / AT_ONCE)
      const runs = Array.from({ length: AT_ONCE }, (_, nth) => fc.assert(property, { numRuns, seed: seed + nth }))
      await Promise.all(runs)
    },
    timeout,
  )
})
