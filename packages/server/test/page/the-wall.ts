import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { type DemoPage, idsIn, screenshot, until, watchShifts } from './browser.ts'

export function theWall(demo: () => DemoPage): void {
  it('fills while one scrolls, three pages and more, in rows over the whole width; nothing moves', async () => {
    const page = await demo().open('find?none=zebra')
    const shifts = await watchShifts(page)
    await page.waitForSelector('.wall .reason')
    expect(await page.locator('.card').count()).toBe(30)
    while ((await page.locator('.card').count()) < 120) {
      const before = await page.locator('.card').count()
      await page.mouse.wheel(0, 3000)
      await until(page, `document.querySelectorAll('.card').length > ${before}`)
    }
    const ids = await idsIn(page, '.card a')
    expect(new Set(ids).size).toBe(ids.length)
    await checkRows(page)
    expect(await page.locator('.card img[loading=eager]').count()).toBe(30)
    expect(await shifts()).toBeLessThanOrEqual(0.02)
  })

  for (const [name, path, viewport] of [
    ['the start', '', { width: 1280, height: 900 }],
    ['an image', 'similar/airport-004.webp', { width: 1280, height: 900 }],
    ['an image on a phone', 'similar/airport-004.webp', { width: 360, height: 740 }],
    ['somebody’s taste', 'for-you?like=beach-001.webp', { width: 1280, height: 900 }],
    ['what came in', '?image=beach-001.webp&image=beach-002.webp', { width: 1280, height: 900 }],
  ] as const) {
    it(`does not move what one is looking at while it loads: ${name}`, async () => {
      const page = await demo().open(path, { viewport })
      const shifts = await watchShifts(page)
      await page.waitForSelector('main img')
      await page.waitForLoadState('networkidle')
      expect(await shifts()).toBeLessThanOrEqual(0.02)
    })
  }

  it('fits from a phone to a wide screen, and when it is turned', async () => {
    const page = await demo().open('similar/airport-004.webp', { viewport: { width: 360, height: 740 } })
    await page.waitForSelector('.wall .reason')
    for (const width of [360, 768, 1280, 2560]) {
      await page.setViewportSize({ width, height: 800 })
      await page.waitForTimeout(100)
      await checkRows(page)
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    }
    await page.setViewportSize({ width: 360, height: 740 })
    await screenshot(page, 'similar-phone')
  })
}

/** All pictures of a row are equally high, keep their proportions, and reach from edge to edge; but for the last row. */
async function checkRows(page: Page): Promise<void> {
  const wall = (await page.locator('.wall').boundingBox())!
  const boxes = await page.evaluate<{ x: number; y: number; width: number; height: number; ratio: number }[]>(`
    [...document.querySelectorAll('.card:not([hidden]) .picture')].map((picture) => {
      const { x, y, width, height } = picture.getBoundingClientRect()
      const image = picture.querySelector('img')
      return { x, y, width, height, ratio: image.getAttribute('width') / image.getAttribute('height') }
    })
  `)
  const rows: (typeof boxes)[] = []
  for (const box of boxes) {
    if (Math.abs((rows.at(-1)?.[0]?.y ?? Number.NEGATIVE_INFINITY) - box.y) < 2) rows.at(-1)!.push(box)
    else rows.push([box])
  }
  rows.pop()
  expect(rows.length).toBeGreaterThan(1)
  for (const row of rows) {
    for (const { width, height, ratio } of row) {
      expect(Math.abs(height - row[0]!.height)).toBeLessThan(1)
      expect(Math.abs(width / height - ratio)).toBeLessThan(0.02)
    }
    const right = row.at(-1)!.x + row.at(-1)!.width
    expect(Math.abs(right - wall.x - wall.width)).toBeLessThan(2)
  }
}
