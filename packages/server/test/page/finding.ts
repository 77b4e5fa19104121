import { expect, it } from 'vitest'
import { ask, type DemoPage, screenshot } from './browser.ts'

export function finding(demo: () => DemoPage): void {
  it('finds by name without an image, with suggestions for what is typed', async () => {
    const page = await demo().open()
    await page.waitForSelector('.hero [role=combobox]')
    await page.fill('.hero [role=combobox]', 'do')
    await page.waitForSelector('[role=option]')
    const options = await page.locator('[role=option]').allInnerTexts()
    // Those that begin so come first.
    expect(options.slice(0, 2)).toEqual(['dog', 'donut'])
    expect(options).toContain('hot dog')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/find?all=dog')
    await page.waitForSelector('.wall .reason')
    expect(await page.locator('.card img:not([alt*=dog])').count()).toBe(0)

    await page.fill('.conditions [role=combobox]', '-person')
    await page.waitForSelector('[role=option]')
    expect(await page.textContent('[role=option]')).toBe('no person')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/find?all=dog&none=person')
    await page.waitForSelector('.results:not([aria-busy]) .card')
    expect(await page.locator('.card img[alt*=person]').count()).toBe(0)
    const { total } = await ask<{ total: number }>(demo(), '/v1/objects?all=dog&none=person')
    expect(await page.textContent('.similar h2')).toBe(`${total} images`)
    expect(await page.title()).toBe('dog, no person – Image Recommender')
    await screenshot(page, 'find')
  })

  it('says what it does not know, and what to leave out where nothing is found', async () => {
    const page = await demo().open('find?all=airplane&all=zebra&all=pizza')
    await page.waitForSelector('.empty .button')
    expect(await page.textContent('.empty')).toContain('No image is like that: airplane, zebra, pizza.')
    await page.fill('.conditions [role=combobox]', 'unicorn')
    await page.waitForSelector('.trouble:has-text("It knows no “unicorn”.")')
    await page.click('text=Without asking for zebra')
    await page.waitForURL('**/find?all=airplane&all=pizza')
  })
}
