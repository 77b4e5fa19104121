import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
export const chromiumFound = existsSync(chromiumPath)

export const gallery = fileURLToPath(new URL('../../../../tools/demo-model/gallery/', import.meta.url))
/** Where screenshots are left, for people to look at. */
const artifacts = process.env.ARTIFACTS_FOLDER ?? fileURLToPath(new URL('../../../../artifacts/page/', import.meta.url))

/** The demo in a browser. */
export interface DemoPage {
  /** Ends with a slash. */
  readonly url: string
  /** Names of the gallery's images. */
  readonly images: readonly string[]
  /** A reader with nothing stored, on a page of the demo. What the page complains of ends up in `complaints`. */
  open(path?: string, options?: BrowserContextOptions): Promise<Page>
  readonly complaints: string[]
}

export function launch(): Promise<Browser> {
  const quiet = ['quic', 'gpu', 'background-networking', 'component-update', 'sync'].map((what) => `--disable-${what}`)
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--no-first-run', ...quiet] })
}

export function demoPage(browser: Browser, url: string, images: readonly string[]): DemoPage {
  const complaints: string[] = []
  return {
    url,
    images,
    complaints,
    async open(path = '', options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        // What the server refuses, the browser reports as well.
        const refused = message.text().startsWith('Failed to load resource')
        if (message.type() === 'error' && !refused) complaints.push(message.text())
      })
      await page.goto(new URL(path, url).href)
      return page
    },
  }
}

/** Adds up how far things have moved that nobody moved (CLS). */
export async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(`
    globalThis.shift = 0
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.shift += value
    }).observe({ type: 'layout-shift', buffered: true })
  `)
  await page.reload()
  return () => page.evaluate<number>('globalThis.shift')
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(artifacts, { recursive: true })
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: join(artifacts, `${name}.png`) })
}

/** What a browser does when files are let go over the page. */
export async function drop(page: Page, files: readonly { name: string; bytes: Buffer }[]): Promise<void> {
  const carried = files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') }))
  await page.evaluate(`
    const dataTransfer = new DataTransfer()
    for (const { name, base64 } of ${JSON.stringify(carried)}) {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
      dataTransfer.items.add(new File([bytes], name, { type: name.endsWith('.webp') ? 'image/webp' : 'text/plain' }))
    }
    for (const event of ['dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }))
    }
  `)
}

export async function imageFile(image: string, name = image): Promise<{ name: string; bytes: Buffer }> {
  return { name, bytes: await readFile(join(gallery, image)) }
}

/** A file that is no image. */
export const notes = { name: 'notes.txt', bytes: Buffer.from('no image') }

/** Ids of the images that these links lead to. */
export function idsIn(page: Page, links: string): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('${links}')].map((link) => link.dataset.id)`)
}

/** Waits until an expression is true on the page. (Playwright's own way is refused by the page's content security policy.) */
export async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate<boolean>(expression), { timeout: 30_000, message: expression }).toBe(true)
}

export function hasFocus(page: Page, selector: string): Promise<boolean> {
  return page.evaluate<boolean>(`document.activeElement === document.querySelector('${selector}')`)
}

/** What the server itself says. */
export async function ask<T>(demo: DemoPage, path: string): Promise<T> {
  return (await fetch(new URL(path, demo.url))).json() as Promise<T>
}
