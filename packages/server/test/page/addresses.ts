import { expect, it } from 'vitest'
import { type DemoPage, idsIn } from './browser.ts'

export function addresses(demo: () => DemoPage): void {
  it('a click goes deeper, the trail and the browser lead back to where one was, scrolled as it was', async () => {
    const page = await demo().open('find?all=dog')
    await page.waitForSelector('.wall .reason')
    await page.evaluate('scrollTo(0, 700)')
    await page.locator('.card a').nth(8).click()
    await page.waitForURL('**/similar/*')
    await page.waitForSelector('.stage .box')
    const first = page.url()
    await page.waitForSelector('.wall .reason')
    await page.click('.wall a >> nth=2')
    await page.waitForURL((url) => url.href !== first)
    await page.waitForSelector('.trail a >> nth=2')
    expect(await page.locator('.trail a').count()).toBe(3)
    expect(await page.textContent('.trail a >> nth=0')).toBe('dog')

    await page.click('.trail a >> nth=1')
    await page.waitForURL(first)
    expect(await page.locator('.trail a').count()).toBe(2)
    await page.goBack()
    await page.goBack()
    await page.goBack()
    await page.waitForURL('**/find?all=dog')
    await page.waitForSelector('.wall .reason')
    expect(await page.evaluate<number>('scrollY')).toBeGreaterThan(500)
    expect(await page.locator('.trail a').count()).toBe(0)
    await page.goForward()
    await page.waitForURL(first)
    await page.waitForSelector('.stage .box')
  })

  it('an address says everything: it shows the same to somebody else', async () => {
    const path = 'similar/airport-004.webp?all=person&none=truck&diversity=0.3'
    const seen = async () => {
      const page = await demo().open(path)
      await page.waitForSelector('.wall .reason')
      expect(await page.locator('.chip[data-state=with] .name').textContent()).toBe('person')
      expect(await page.locator('.chip[data-state=without] .name').textContent()).toBe('truck')
      expect(await page.inputValue('.tuning [name=diversity]')).toBe('0.3')
      return idsIn(page, '.wall a')
    }
    const once = await seen()
    expect(once.length).toBeGreaterThan(3)
    expect(await seen()).toEqual(once)
  })

  it('what the original called its page still leads there', async () => {
    const page = await demo().open('predict_similar/beach-001.webp')
    await page.waitForSelector('.stage .box')
  })
}
