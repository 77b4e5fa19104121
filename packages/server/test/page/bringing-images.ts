import { expect, it } from 'vitest'
import { type DemoPage, drop, imageFile, notes, screenshot } from './browser.ts'

export function bringingImages(demo: () => DemoPage): void {
  it('a dropped image leads straight to it: boxes, names and percentages, and images like it', async () => {
    const { images, open } = demo()
    const page = await open()
    await page.waitForSelector('.card img')
    await drop(page, [await imageFile(images[40]!, 'dropped.webp')])
    await page.waitForURL('**/similar/*')
    await page.waitForSelector('.wall .reason')
    expect(await page.textContent('main h1')).toBe('What it sees')
    const boxes = await page.locator('.stage .box').count()
    expect(boxes).toBeGreaterThan(0)
    expect(await page.textContent('.stage .box.named span >> nth=0')).toMatch(/^[a-z ]+ \d{2,3}%$/)
    // The very same picture is in the gallery.
    expect(await page.getAttribute('.card a >> nth=0', 'href')).toBe(`/similar/${images[40]}`)
    await screenshot(page, 'dropped')
  })

  it('several come in side by side, with a bar each; one that fails says why, and the others are links', async () => {
    const { images, open } = demo()
    const page = await open()
    const bars = page.waitForSelector('.entry progress')
    await drop(page, [await imageFile(images[1]!, 'first.webp'), notes, await imageFile(images[60]!, 'third.webp')])
    await bars
    expect(await page.locator('.entry').count()).toBe(3)
    await page.waitForSelector('h1:has-text("2 images came in")')
    expect(await page.locator('.entry progress').count()).toBe(0)
    expect(await page.textContent('.entry[data-state=failed]')).toMatch(/^notes\.txt.*no image/)
    await screenshot(page, 'came-in')

    const came = new URL(page.url()).searchParams.getAll('image')
    expect(came).toHaveLength(2)
    await page.click('.entry a >> nth=1')
    await page.waitForSelector('.stage .box')
    expect(new URL(page.url()).pathname).toBe(`/similar/${came[1]}`)
    await page.goBack()
    await page.waitForSelector('.entry[data-state=failed]')

    // The failed one is not part of what can be shared.
    await page.reload()
    await page.waitForSelector('.entry a')
    expect(await page.locator('.entry').count()).toBe(2)
    await page.click('text=Find images like all of them')
    await page.waitForSelector('.wall .reason')
    expect(new URL(page.url()).searchParams.getAll('like')).toEqual(came)
  })

  it('images are pasted, chosen, and photographed where there is a camera', async () => {
    const { images, open } = demo()
    const page = await open('', { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } })
    await page.waitForSelector('.drop-zone')
    expect(await page.isVisible('.photograph')).toBe(true)
    expect(await page.getAttribute('.photograph input', 'capture')).toBe('environment')
    const { bytes } = await imageFile(images[9]!)
    await page.setInputFiles('.drop-zone input', { name: 'chosen.webp', mimeType: 'image/webp', buffer: bytes })
    await page.waitForURL('**/similar/*')
    const chosen = page.url()
    await page.waitForSelector('.stage .box')
    await page.evaluate(`
      const clipboardData = new DataTransfer()
      const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (sign) => sign.charCodeAt(0))
      clipboardData.items.add(new File([bytes], 'pasted.webp', { type: 'image/webp' }))
      dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
    `)
    await page.waitForURL((url) => url.pathname.startsWith('/similar/') && url.href !== chosen)
  })

  it('one that is no image is explained where one was', async () => {
    const { images, open } = demo()
    const page = await open(`similar/${images[3]}`)
    await page.waitForSelector('.stage .box')
    await drop(page, [notes])
    await page.waitForSelector('.message')
    expect(await page.textContent('.message p')).toMatch(/no image/)
    await page.waitForSelector('.stage .box')
    expect(new URL(page.url()).pathname).toBe(`/similar/${images[3]}`)
    await page.click('.message [aria-label=Dismiss]')
    expect(await page.locator('.message').count()).toBe(0)
  })
}
