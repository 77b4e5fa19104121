import { expect, it } from 'vitest'
import { images as count, seed } from '../extent.ts'
import { writeFind } from '../finds.ts'
import { mutated, pickFor } from '../mutations.ts'
import { type Answer, DescriberProcess } from './describer-process.ts'
import { isFine, MOST_MEMORY } from './fine.ts'
import { rightChecksums } from './right-checksums.ts'
import { sourceImages } from './sources.ts'

const BATCH = 100

it.runIf(count > 0)(
  `${count} changed images: each is described or refused, and the process lives (seed ${seed})`,
  async () => {
    const sources = await sourceImages()
    const imageAt = (at: number) => mutated(sources, pickFor(seed, at), [rightChecksums, rightChecksums])
    let describer = await DescriberProcess.start()
    const outcomes = new Map<string, number>()
    const finds: string[] = []
    let [most, slowest] = [0, 0]
    const report = () => {
      const sorted = [...outcomes].sort(([, a], [, b]) => b - a)
      const became = sorted.map(([outcome, times]) => `${times} × ${outcome}`).join('; ')
      console.log(
        `${became}\nlargest RSS ${Math.round(most / 1e6)} MB, slowest image ${Math.round(slowest)} ms, seed ${seed}`,
      )
    }
    const take = async (first: number, batch: readonly Buffer[], { outcomes: told, failures, rss }: Answer) => {
      most = Math.max(most, rss)
      for (const [at, { became, ms }] of told.entries()) {
        outcomes.set(became, (outcomes.get(became) ?? 0) + 1)
        slowest = Math.max(slowest, ms)
        if (!isFine(became)) finds.push(`${became}: ${await writeFind('images', `${seed}-${first + at}`, batch[at]!)}`)
      }
      finds.push(...failures)
    }
    try {
      for (let first = 0; first < count; first += BATCH) {
        const batch = Array.from({ length: Math.min(BATCH, count - first) }, (_, at) => imageAt(first + at))
        try {
          await take(first, batch, await describer.describe(batch))
        } catch (death) {
          // It died of one of them, or of several.
          finds.push(`${death}`)
          for (const [at, image] of batch.entries()) {
            await describer.close()
            describer = await DescriberProcess.start()
            await describer
              .describe([image])
              .then((answer) => take(first + at, [image], answer))
              .catch(async (error) =>
                finds.push(`${error} ${await writeFind('images', `${seed}-${first + at}`, image)}`),
              )
          }
          await describer.close()
          describer = await DescriberProcess.start()
        }
      }
    } finally {
      report()
      await describer.close()
    }
    expect(finds).toEqual([])
    expect(most).toBeLessThan(MOST_MEMORY)
  },
  120_000 + count * 500,
)
