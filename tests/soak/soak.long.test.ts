import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { demoGallery } from '../../examples/server/src/places.ts'
import { startProcess } from '../../examples/server/test/server-process.ts'
import { Client } from './client.ts'
import { lineThrough, type Sample } from './slope.ts'

/** `npm run soak` sets it. */
const minutes = Number(process.env.SOAK_MINUTES ?? 1)
const CLIENTS = 4
const SAMPLE_EVERY_MS = 5000
/** The share of the time in which memory may still grow: caches fill, the collector learns how much there is to collect. */
const WARM_UP = 0.4
/** Below this, what is left of the time tells nothing of a slope. */
const ENOUGH_MINUTES = 10

it(
  `${minutes} minutes of adding, searching and deleting take no more and more memory`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'soak-'))
    const names = (await readdir(demoGallery)).filter((name) => name.endsWith('.webp'))
    await mkdir(join(folder, 'photos'))
    for (const name of names.slice(0, 50)) await copyFile(join(demoGallery, name), join(folder, 'photos', name))
    const pictures = await Promise.all(names.slice(0, 200).map((name) => readFile(join(demoGallery, name))))
    const environment = { DATA_FOLDER: join(folder, 'data'), MODEL: 'demo' }
    const server = startProcess(['--photos', join(folder, 'photos')], environment)
    try {
      await server.printed('Ready')
      const url = /http:\/\/\S+(?=\/)/.exec(server.output())![0]
      const over = new AbortController()
      const deleted = new Set<string>()
      const clients = Array.from({ length: CLIENTS }, (_, at) => new Client(url, pictures, deleted, at))
      const working = Promise.all(clients.map((client) => client.workUntil(over.signal))).finally(() => over.abort())
      // It is awaited below; an error must not go unheard until then.
      working.catch(() => {})
      const samples = await sampled(url, over.signal)
      over.abort()
      await working
      const counts = new Map<string, number>()
      for (const { done } of clients)
        for (const [what, times] of done) counts.set(what, (counts.get(what) ?? 0) + times)
      console.log(`${[...counts].map(([what, times]) => `${times} × ${what}`).join(', ')}; deleted ${deleted.size}`)
      const { images } = (await (await fetch(`${url}/v1/status`)).json()) as { images: number }
      expect(images).toBe(50 + counts.get('add')! - deleted.size)
      expect(server.errors()).toBe('')

      const settled = samples.filter((sample) => sample.minutes > minutes * WARM_UP)
      const { slope, error, mean } = lineThrough(settled)
      const length = minutes * (1 - WARM_UP)
      console.log(
        `memory ${megabytes(mean)} MB on average after ${(minutes * WARM_UP).toFixed(1)} minutes; slope ${megabytes(slope)} ± ${megabytes(error)} MB a minute`,
      )
      if (minutes >= ENOUGH_MINUTES) expect((slope - 2 * error) * length).toBeLessThan(mean * 0.05)
      expect(await server.ended('SIGTERM')).toBe(0)
    } finally {
      await server.ended('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    }
  },
  300_000 + minutes * 60_000,
)

async function sampled(url: string, over: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = []
  const began = performance.now()
  let told = -1
  for (;;) {
    const passed = (performance.now() - began) / 60_000
    if (passed >= minutes || over.aborted) return samples
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)![1])
    const bytes = read('process_resident_memory_bytes')
    samples.push({ minutes: passed, bytes })
    if (Math.floor(passed) > told) {
      told = Math.floor(passed)
      const [heap, external] = [read('nodejs_heap_size_used_bytes'), read('nodejs_external_memory_bytes')]
      console.log(
        `${told} min: ${megabytes(bytes)} MB, of it heap in use ${megabytes(heap)} MB, external ${megabytes(external)} MB; ${read('image_recommender_images')} images`,
      )
    }
    await sleep(SAMPLE_EVERY_MS)
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(Math.abs(bytes) < 1e7 ? 2 : 0)
}
