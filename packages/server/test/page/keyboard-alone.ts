import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { type DemoPage, until } from './browser.ts'

export function keyboardAlone(demo: () => DemoPage): void {
  it('all of it can be done with the keyboard alone', async () => {
    const page = await demo().open()
    await page.waitForSelector('.card img')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the images')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.type('dog')
    await page.waitForSelector('[role=option]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/find?all=dog')
    await page.waitForSelector('.wall .reason')

    // Through chips and all into the wall, where arrows go on.
    while (!(await page.evaluate(`document.activeElement.matches('.picture')`))) await page.keyboard.press('Tab')
    expect(await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`)).toBe('solid')
    const place = () =>
      page.evaluate<number>(`[...document.querySelectorAll('.picture')].indexOf(document.activeElement)`)
    expect(await place()).toBe(0)
    await page.keyboard.press('ArrowRight')
    expect(await place()).toBe(1)
    const before = await page.evaluate<number>('document.activeElement.getBoundingClientRect().top + scrollY')
    await page.keyboard.press('ArrowDown')
    const after = await page.evaluate<number>('document.activeElement.getBoundingClientRect().top + scrollY')
    expect(after).toBeGreaterThan(before)
    await page.keyboard.press('ArrowUp')
    expect(await place()).toBe(1)
    await page.keyboard.press('ArrowLeft')
    expect(await place()).toBe(0)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    expect(await page.getAttribute('.opinion.like >> nth=0', 'aria-pressed')).toBe('true')
    expect(await page.textContent('[data-announce]')).toBe('Liked.')

    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.stage .box')
    await page.waitForSelector('.wall .reason')
    while (!(await page.evaluate(`document.activeElement.matches('.object')`))) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.getAttribute('.object >> nth=0', 'aria-pressed')).toBe('true')
    expect(await page.locator('.card.lit').count()).toBeGreaterThan(0)
  })

  it('more comes by a button too, and the focus goes on with the first that is new', async () => {
    const page = await demo().open('find')
    await page.waitForSelector('.wall .reason')
    await page.focus('.foot button')
    await until(page, `document.querySelectorAll('.card').length > 30`)
    const before = await page.locator('.card').count()
    await page.evaluate(`document.querySelector('.foot button').focus({ preventScroll: true }); scrollTo(0, 0)`)
    await page.waitForTimeout(300)
    await page.keyboard.press('Enter')
    await until(page, `document.querySelectorAll('.card').length > ${before}`)
    await until(page, `document.activeElement.matches('.card:nth-child(n + 31) a')`)
  })
}

const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent.trim()')
