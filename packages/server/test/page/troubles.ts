import { expect, it } from 'vitest'
import type { DemoPage } from './browser.ts'

export function troubles(demo: () => DemoPage): void {
  it('says that there is no such image, and no such object', async () => {
    const page = await demo().open('similar/nothing.webp')
    await page.waitForSelector('h1:has-text("There is no such image")')
    await page.goto(new URL('find?all=unicorn', demo().url).href)
    await page.waitForSelector('.empty [role=alert], .empty[role=alert]')
    expect(await page.textContent('.empty')).toContain('unicorn')
  })

  it('keeps what is shown when the server is gone, and goes on when it is back', async () => {
    const page = await demo().open('find?all=dog')
    await page.waitForSelector('.wall .reason')
    await page.context().setOffline(true)
    await page.waitForSelector('.message:has-text("You are offline")')
    await page.click('.places >> text=For you')
    await page.waitForSelector('text=Nothing learned yet')
    await page.click('.places >> text=Find')
    await page.waitForSelector('.empty:has-text("You are offline")')
    await page.context().setOffline(false)
    await page.click('text=Try again')
    await page.waitForSelector('.wall .reason')
  })

  it('waits for a server that is busy, as long as that asks it to', async () => {
    const page = await demo().open()
    await page.waitForSelector('.card img')
    let refused = 0
    await page.route('**/v1/recommend', async (route) => {
      refused += 1
      if (refused > 2) return route.continue()
      const error = { error: { code: 'OVERLOADED', message: 'Too much at once.' } }
      return route.fulfill({ status: 503, headers: { 'retry-after': '0' }, json: error })
    })
    await page.click('.places >> text=Find')
    await page.waitForSelector('.wall .reason')
    expect(refused).toBe(3)
  })

  it('says how far the describing of the gallery is, and that there may be more', async () => {
    const page = await demo().open()
    let asked = 0
    await page.route('**/v1/status', async (route) => {
      const answer = await (await route.fetch()).json()
      asked += 1
      await route.fulfill({ json: { ...answer, filling: asked > 2 ? null : { done: 100 * asked, total: 391 } } })
    })
    await page.goto(new URL('find?all=airplane', demo().url).href)
    await page.waitForSelector('.filling:has-text("100 of 391")')
    await page.waitForSelector('.filling:has-text("200 of 391")')
    await page.waitForSelector('.filling', { state: 'hidden' })
  })

  it('an empty gallery says what to do', async () => {
    const page = await demo().open('find?all=dog')
    await page.route('**/v1/sample?*', (route) => route.fulfill({ json: { images: [] } }))
    await page.click('.wordmark')
    await page.waitForSelector('.empty:has-text("The gallery is empty so far.")')
  })
}
