import { expect, it } from 'vitest'
import { type DemoPage, hasFocus, idsIn, screenshot, until } from './browser.ts'

export function likes(demo: () => DemoPage): void {
  it('learns from likes, says what, lets one correct it, and remembers it', async () => {
    const page = await demo().open('for-you')
    await page.waitForSelector('text=Nothing learned yet')
    await page.goto(new URL('find?all=surfboard', demo().url).href)
    await page.waitForSelector('.wall .reason')
    for (const place of [0, 1, 2]) {
      await page.hover(`.card >> nth=${place}`)
      await page.click(`.card >> nth=${place} >> .opinion.like`)
    }
    expect(await page.getAttribute('.card .opinion.like >> nth=1', 'aria-pressed')).toBe('true')
    // Both at once would make no sense.
    await page.click('.card >> nth=2 >> .opinion.unlike')
    expect(await page.getAttribute('.card .opinion.like >> nth=2', 'aria-pressed')).toBe('false')
    await page.click('.card >> nth=2 >> .opinion.unlike')
    await page.click('.card >> nth=2 >> .opinion.like')
    const liked = (await idsIn(page, '.card a')).slice(0, 3)

    await page.click('.places >> text=For you')
    await page.waitForSelector('.learned .name:has-text("surfboard")')
    await page.waitForSelector('.wall .reason')
    expect(await page.locator('.liked a').count()).toBe(3)
    const shown = await idsIn(page, '.wall a')
    for (const id of liked) expect(shown).not.toContain(id)
    await screenshot(page, 'for-you')

    await page.click('[aria-label="Take out surfboard"]')
    await until(
      page,
      `![...document.querySelectorAll('.learned .name')].some((name) => name.textContent === 'surfboard')`,
    )
    await page.fill('.taste [role=combobox]', 'pizza')
    await page.waitForSelector('[role=option]')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.learned .name:has-text("pizza")')
    await page.waitForSelector('.results:not([aria-busy]) .words:has-text("pizza")')
    await page.reload()
    await page.waitForSelector('.learned .name:has-text("pizza")')
    expect(await page.locator('.learned .name:has-text("surfboard")').count()).toBe(0)

    await page.click('text=Forget all')
    await page.waitForSelector('text=Nothing learned yet')
    await page.click('text=Undo')
    await page.waitForSelector('.learned .name:has-text("pizza")')
  })

  it('a shared link carries the likes, and leaves the reader’s own as they are', async () => {
    const { images, open } = demo()
    const [first, second] = images.filter((name) => name.startsWith('beach')) as [string, string]
    const page = await open(`for-you?like=${first}&like=${second}&wish=cake:0.5`)
    await page.waitForSelector('.wall .reason')
    expect(await page.textContent('h1')).toBe('Images for somebody’s taste')
    expect(await page.locator('.learned .name').allInnerTexts()).toContain('cake')
    const slider = page.locator('.learned [aria-label=cake]')
    await slider.focus()
    await page.keyboard.press('End')
    await page.waitForURL('**/*wish=cake%3A1*')
    await page.waitForSelector('.results:not([aria-busy])')
    expect(await hasFocus(page, '.learned [aria-label=cake]')).toBe(true)
    expect(await page.evaluate(`localStorage.length`)).toBe(0)
    await page.click('text=Make it mine')
    await page.waitForURL('**/for-you')
    // What was shown stays until the next is there.
    await page.waitForSelector('h1:text-is("For you")')
    await page.waitForSelector('.learned .name:has-text("cake")')
  })

  it('an image that is shown twice is liked once', async () => {
    const page = await demo().open('similar/beach-001.webp')
    await page.waitForSelector('.wall .reason')
    await page.click('.seen .opinion.like')
    expect(await page.getAttribute('.seen .opinion.like', 'aria-pressed')).toBe('true')
    await page.reload()
    await page.waitForSelector('.seen .opinion.like[aria-pressed=true]')
    const stored = JSON.parse(await page.evaluate<string>(`localStorage.getItem('image-recommender.opinions')`))
    expect(Object.keys(stored.like)).toEqual(['beach-001.webp'])
  })
}
