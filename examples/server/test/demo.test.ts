import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { demoGallery } from '../src/places.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

// The demo model describes some 400 images first; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 300_000 })

const browserPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const browserFound = existsSync(browserPath)

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

describe.runIf(browserFound)('in a browser', () => {
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: browserPath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
  })
  afterAll(() => browser.close())

  const heading = () => page.textContent('main h1')
  const named = () => decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1)!)
  const reached = (name: string) => page.waitForURL((address) => address.pathname.endsWith(name))

  it('a dropped image leads to similar ones, these to others, and back leads back', async () => {
    await page.goto(url)
    await page.waitForSelector('.card img')
    expect(await page.locator('.card').count()).toBe(30)
    expect(await page.textContent('.notice')).toContain('--photos FOLDER')

    const bytes = (await readFile(join(demoGallery, gallery[40]!))).toString('base64')
    await drop(page, bytes, 'dropped.webp', 'image/webp')
    await page.waitForURL('**/predict_similar/*')
    const dropped = named()
    expect(dropped).toMatch(/^[0-9a-f-]{36}\.webp$/)
    await page.waitForSelector('.similar .card .reason')
    expect(await heading()).toBe('What it sees')
    expect(await page.locator('.similar .card').count()).toBe(30)
    expect(await page.locator('.stage .box').count()).toBeGreaterThan(0)

    await page.hover('.object >> nth=0')
    expect(await page.locator('.stage .box.lit').count()).toBeGreaterThan(0)

    await page.click('.similar .card a >> nth=2')
    await page.waitForURL((address) => !address.pathname.endsWith(dropped))
    await page.waitForSelector('.similar .card .reason')
    const next = named()
    expect(gallery).toContain(next)
    expect(await page.locator('.trail a').count()).toBe(2)

    await page.click('.foot button')
    await page.waitForSelector('.similar .card >> nth=30')

    await page.goBack()
    await reached(dropped)
    await page.waitForSelector('.similar .card .reason')
    expect(await page.locator('.trail a').count()).toBe(1)
    await page.goForward()
    await reached(next)
    expect(await page.locator('.similar .card').count()).toBeGreaterThan(30)
    await page.goBack()
    await page.goBack()
    await page.waitForSelector('.drop-zone')
    expect(complaints).toEqual([])
  })

  it('works by keyboard, and a wrong file is explained', async () => {
    await page.goto(url)
    await page.waitForSelector('.card img')
    await page.focus('.card a >> nth=4')
    const name = await page.getAttribute('.card a >> nth=4', 'data-name')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.stage')
    expect(named()).toBe(name)

    await drop(page, Buffer.from('no image').toString('base64'), 'notes.txt', 'text/plain')
    await page.waitForSelector('.message')
    expect(await page.textContent('.message p')).toMatch(/^That is no image that can be read\./)
    await page.waitForSelector('.stage .box')
    expect(named()).toBe(name)
    await page.click('.message button')
    expect(await page.locator('.message').count()).toBe(0)
  })

  it('does not move what one is looking at while it loads', async () => {
    const shifts = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await shifts.addInitScript(`
      globalThis.shift = 0
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) globalThis.shift += value
      }).observe({ type: 'layout-shift', buffered: true })
    `)
    await shifts.goto(`${url}predict_similar/${gallery[7]}`)
    await shifts.waitForSelector('.similar .card .reason')
    await shifts.waitForLoadState('networkidle')
    expect(await shifts.evaluate('globalThis.shift')).toBeLessThan(0.1)
    await shifts.close()
  })
})

it('stops within seconds when it is asked to, also by npm, which asks twice', async () => {
  const begun = Date.now()
  server.child.kill('SIGINT')
  expect(await server.ended('SIGINT')).toBe(0)
  expect(Date.now() - begun).toBeLessThan(6000)
  expect(await readdir(folder)).not.toContain('server.lock')
})

it.skipIf(browserFound)('no browser was found (set CHROMIUM_PATH), so the page itself was not tried', () => {})

/** What a browser does when a file is let go over the page. */
async function drop(page: Page, base64: string, name: string, type: string): Promise<void> {
  await page.evaluate(`
    const bytes = Uint8Array.from(atob('${base64}'), (sign) => sign.charCodeAt(0))
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([bytes], '${name}', { type: '${type}' }))
    for (const event of ['dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }))
    }
  `)
}
