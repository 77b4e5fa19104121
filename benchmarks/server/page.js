import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'

const { chromium } = createRequire(new URL('../../packages/server/package.json', import.meta.url))('playwright-core')
const folder = new URL('../../packages/server/page/', import.meta.url)
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** Opens the page, and scrolls down three times; what is measured is what Chromium says itself. */
export async function openPage(url) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.addInitScript(() => {
      globalThis.measured = { paint: 0, shift: 0 }
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) measured.paint = entry.startTime
      }).observe({ type: 'largest-contentful-paint', buffered: true })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) measured.shift += entry.value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.goto(url, { waitUntil: 'load' })
    await page.waitForLoadState('networkidle')
    for (let scrolled = 0; scrolled < 3; scrolled++) {
      await page.mouse.wheel(0, 4000)
      await page.waitForLoadState('networkidle')
    }
    return await page.evaluate(() => measured)
  } finally {
    await browser.close()
  }
}

/** What the page's scripts weigh, each compressed alone as a server does it. */
export async function scriptBytes() {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'))
  const sizes = await Promise.all(names.map(async (name) => gzipSync(await readFile(new URL(name, folder))).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}
