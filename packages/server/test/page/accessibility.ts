import { AxeBuilder } from '@axe-core/playwright'
import { expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { type DemoPage, drop, imageFile, notes, screenshot } from './browser.ts'

const views = [
  ['start', '', '.wall img'],
  ['image', 'similar/airport-004.webp', '.wall .reason'],
  ['filtered', 'similar/airport-004.webp?all=person&none=dog&diversity=0.2', '.wall .reason'],
  ['find', 'find?all=dog&none=person', '.wall .reason'],
  ['found nothing', 'find?all=airplane&all=zebra&all=pizza', '.empty'],
  ['for you', 'for-you?like=beach-001.webp&like=park-001.webp&unlike=airport-004.webp&wish=cake:0.6', '.wall .reason'],
  ['nothing learned', 'for-you', '.empty'],
  ['what came in', '?image=beach-001.webp&image=beach-002.webp', '.entry a'],
  ['no such image', 'similar/nothing.webp', '.quiet-page'],
] as const

// The phone's page is the same but for where things are, so in the dark it need not be asked again.
const looks = [
  ['light', 1280],
  ['light', 360],
  ['dark', 1280],
] as const

export function accessibility(demo: () => DemoPage): void {
  for (const [name, path, ready] of inFull ? views : views.slice(0, 2)) {
    for (const [colorScheme, width] of inFull ? looks : looks.slice(0, 1)) {
      it(`axe finds nothing to complain of: ${name}, ${colorScheme}, ${width} pixels wide`, async () => {
        const page = await demo().open(path, { colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' })
        await page.waitForSelector(ready)
        await page.waitForLoadState('networkidle')
        expect(await violations(page)).toEqual([])
        await screenshot(page, `${name.replaceAll(' ', '-')}-${colorScheme}-${width}`)
      })
    }
  }

  it.runIf(inFull)('axe finds nothing in what opens and what is under way either', async () => {
    const { images, open } = demo()
    const page = await open('similar/airport-004.webp', { reducedMotion: 'reduce' })
    await page.waitForSelector('.wall .reason')
    await page.click('.tuning summary')
    await page.fill('.conditions [role=combobox]', 'c')
    await page.waitForSelector('[role=option]')
    expect(await violations(page)).toEqual([])
    await drop(page, [notes])
    await page.waitForSelector('.message')
    expect(await violations(page)).toEqual([])
    await drop(page, [await imageFile(images[5]!), notes])
    await page.waitForSelector('.entry')
    expect(await violations(page)).toEqual([])
  })

  it('moves nothing for whoever wants it still', async () => {
    const page = await demo().open('', { reducedMotion: 'reduce' })
    await page.waitForSelector('.card img')
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.drop-zone')).transitionDuration`)).toBe('0s')
  })
}

async function violations(page: Awaited<ReturnType<DemoPage['open']>>) {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}
