import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { demoGallery } from '../src/places.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

// The demo model describes some 400 images first; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 300_000 })

let folder: string
let server: ServerProcess
let url: string
let gallery: string[]
let interruptedWith: number | null

async function start(): Promise<void> {
  server = startProcess([], { DATA_FOLDER: folder })
  await server.printed('Ready')
  url = /http:\/\/\S+\//.exec(server.output())![0]
}

interface Similar {
  readonly images: string[]
  readonly objects: Record<string, number>
}
async function ask<T>(path: string): Promise<T> {
  return (await fetch(new URL(path, url))).json() as Promise<T>
}

beforeAll(async () => {
  gallery = (await readdir(demoGallery)).filter((name) => name.endsWith('.webp'))
  folder = await mkdtemp(join(tmpdir(), 'example-demo-'))
  // Interrupted at a quarter; what is tested below is what it makes of that.
  server = startProcess([], { DATA_FOLDER: folder })
  await server.printed(`of ${gallery.length} images`)
  interruptedWith = await server.ended('SIGTERM')
  await start()
})
afterAll(async () => {
  await server.ended('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

describe('the demo', () => {
  it('describes the gallery at its first start, going on where it was interrupted, and says that it is a demo', async () => {
    expect(interruptedWith).toBe(0)
    const [, all, described] = /(\d+) images, (\d+) described now/.exec(server.output())!.map(Number)
    expect(all).toBe(gallery.length)
    expect(described).toBeLessThan(gallery.length)
    expect(described).toBeGreaterThan(gallery.length / 2)
    expect(server.output()).toContain(
      'The demo model knows drawn scenes, not photographs. For those: npm start -- --photos FOLDER',
    )
    const status = await ask<{ notice: string }>('/v1/status')
    expect(status).toMatchObject({ images: gallery.length, filling: null })
    expect(status.notice).toContain('npm start -- --photos FOLDER')
  })

  it('recommends what the same things are in', async () => {
    const truth = JSON.parse(await readFile(join(demoGallery, 'gallery.json'), 'utf8'))
    const themes = new Map<string, string>(
      truth.map(({ name, theme }: { name: string; theme: string }) => [name, theme]),
    )
    let same = 0
    let all = 0
    for (const name of gallery.filter((_, at) => at % 20 === 0)) {
      const { images } = await ask<Similar>(`/get_similar/${name}`)
      for (const other of images.slice(0, 5)) {
        all += 1
        if (themes.get(other) === themes.get(name)) same += 1
      }
    }
    // There are 16 themes: by chance it would be 6%.
    expect(same / all).toBeGreaterThan(0.5)
  })

  it('refuses a second server over the same data', async () => {
    const second = startProcess([], { DATA_FOLDER: folder })
    expect(await second.ended()).toBe(1)
    expect(second.errors()).toMatch(`Another server (process ${server.child.pid}) is using this data folder.`)
  })

  it('keeps an upload over a kill, and describes nothing twice', async () => {
    const form = new FormData()
    form.append('file_to_upload', new Blob([await readFile(join(demoGallery, gallery[3]!))]), 'mine.webp')
    const response = await fetch(new URL('/upload_file', url), { method: 'POST', body: form })
    expect(response.status).toBe(200)
    const { image_name: name } = (await response.json()) as { image_name: string }
    const before = await ask<Similar>(`/get_similar/${name}`)
    expect(before.images[0]).toBe(gallery[3])

    await server.ended('SIGKILL')
    await start()
    expect(server.output()).toContain(`${gallery.length + 1} images\n`)
    expect(await ask(`/get_similar/${name}`)).toEqual(before)
  })
})

it('stops within seconds when it is asked to, also by npm, which asks twice', async () => {
  const begun = Date.now()
  server.child.kill('SIGINT')
  expect(await server.ended('SIGINT')).toBe(0)
  expect(Date.now() - begun).toBeLessThan(6000)
  expect(await readdir(folder)).not.toContain('server.lock')
})
