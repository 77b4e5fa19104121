/** Linux alone has priorities of threads. */
import { readdir, readFile } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
import { expect, it } from 'vitest'
import { demoContract, demoModel } from '../mask-rcnn/demo.ts'

/** The niceness of each thread of this process. */
async function priorities(): Promise<Map<string, number>> {
  const threads = await readdir('/proc/self/task')
  const found = await Promise.all(
    threads.map(async (thread): Promise<[string, number]> => {
      const stat = await readFile(`/proc/self/task/${thread}/stat`, 'utf8')
      // Behind the name, which may hold anything, the state is the 3rd field, and the niceness the 19th.
      return [thread, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])]
    }),
  )
  return new Map(found)
}

it.runIf(process.platform === 'linux')('lets the threads that describe images give way to all others', async () => {
  const before = await priorities()
  const own = getPriority()
  const extractor = await createMaskRcnnExtractor({
    model: fileURLToPath(demoModel),
    contract: demoContract,
    threads: 2,
  })
  try {
    const after = await priorities()
    for (const [thread, priority] of before) expect(after.get(thread) ?? priority).toBe(priority)
    const begun = [...after].filter(([thread]) => !before.has(thread)).map(([, priority]) => priority)
    // The worker, and the second thread of the network.
    expect(begun.filter((priority) => priority === Math.min(19, own + 10)).length).toBeGreaterThanOrEqual(2)
    expect(getPriority()).toBe(own)
  } finally {
    await extractor.close()
  }
})
