import { expect, it } from 'vitest'
import { ask, type DemoPage, hasFocus, screenshot, until } from './browser.ts'

export function similarImages(demo: () => DemoPage): void {
  it('says of each image why it is there, in shares that add up to its score', async () => {
    const page = await demo().open('similar/airport-004.webp')
    await page.waitForSelector('.wall .reason')
    const texts = await page.locator('.reason').allInnerTexts()
    for (const text of texts.slice(0, 10)) {
      const [score, ...shares] = [...text.matchAll(/(−?)(\d+)%/g)].map(
        ([, sign, share]) => (sign === '' ? 1 : -1) * Number(share),
      )
      const sum = shares.reduce((a, b) => a + b, 0)
      // Each is rounded, and what is under half a percent is left out.
      expect(Math.abs(sum - score!), text).toBeLessThanOrEqual(shares.length)
    }
    await screenshot(page, 'similar')
  })

  it('lights up an object in the results, and what a result shares in the image', async () => {
    const page = await demo().open('similar/airport-004.webp')
    await page.waitForSelector('.wall .reason')
    await page.hover('.object:has-text("truck")')
    expect(await page.locator('.stage .box.lit').count()).toBe(1)
    const lit = page.locator('.card.lit')
    const marks = await lit.locator('.marks rect').count()
    expect(marks).toBeGreaterThanOrEqual(await lit.count())
    expect(await lit.count()).toBeGreaterThan(1)
    const dimmed = page.locator('.wall.lighting .card:not(.lit)')
    expect(await dimmed.locator('img[alt*=truck]').count()).toBe(0)
    await screenshot(page, 'similar-lit')

    await page.focus('.object:has-text("airplane")')
    expect(await page.textContent('.stage .box.lit span')).toMatch(/^airplane/)
    await page.hover('.card >> nth=0')
    const shared = await page.locator('.card >> nth=0 >> .words').textContent()
    for (const name of await page.locator('.object.lit .name').allInnerTexts()) expect(shared).toContain(name)
    expect(await page.locator('.object.lit').count()).toBeGreaterThan(0)
  })

  it('chips add and take away objects, with the number of images that gives, in the address', async () => {
    const page = await demo().open('similar/airport-004.webp')
    const chip = page.locator('.chip', { hasText: 'person' })
    const counts = await ask<{ total: number; objects: Record<string, number> }>(demo(), '/v1/objects')
    const promised = counts.objects.person as number
    await expect.poll(() => chip.locator('.count').textContent()).toBe(String(promised))

    await chip.click()
    await page.waitForSelector(`.total:has-text("among ${promised} images")`)
    await page.waitForSelector('.results:not([aria-busy]) .card')
    expect(new URL(page.url()).search).toBe('?all=person')
    expect(await page.locator('.card img:not([alt*=person])').count()).toBe(0)
    await chip.click()
    await page.waitForSelector(`.total:has-text("among ${counts.total - promised} images")`)
    expect(new URL(page.url()).search).toBe('?none=person')
    await page.waitForSelector('.results:not([aria-busy]) .card')
    expect(await page.locator('.card img[alt*=person]').count()).toBe(0)
    expect(await hasFocus(page, '.chip[data-state=without]')).toBe(true)
    await page.goBack()
    await page.waitForSelector('.chip[data-state=with]')
    await page.goBack()
    await until(page, `document.querySelector('.chip') && !document.querySelector('.chip[data-state]')`)
    expect(new URL(page.url()).search).toBe('')
  })

  it('sliders say what counts, and the answer changes', async () => {
    const page = await demo().open('similar/airport-004.webp')
    await page.waitForSelector('.wall .reason')
    const reasons = () => page.locator('.reason .words').allInnerTexts()
    expect((await reasons()).join()).toMatch(/colours.*arrangement|arrangement.*colours/)
    await page.click('.tuning summary')
    for (const name of ['arrangement', 'colors']) {
      await page.locator(`.tuning [name=${name}]`).fill('0')
      await page.waitForURL(`**/*${name}=0*`)
    }
    await until(
      page,
      `!/colours|arrangement/.test(document.querySelector('.results:not([aria-busy]) .wall')?.textContent ?? 'colours')`,
    )
    expect(await hasFocus(page, '.tuning [name=colors]')).toBe(true)
    await page.click('text=As usual')
    await page.waitForURL((address) => address.search === '')
    await until(page, `/colours/.test(document.querySelector('.wall')?.textContent ?? '')`)
  })
}
