import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { bombs } from './bombs.ts'
import { decodeImage } from './decode-image.ts'
import { busy, hugePng, plain, RED } from './images.ts'

const MAX_PIXELS = 50_000_000

function decode(image: Uint8Array, size = { width: 64, height: 48 }) {
  return decodeImage(sharp, image, MAX_PIXELS, () => size)
}

/** Every pixel is within `tolerance` of the colour. */
function expectEven(data: Uint8Array, { r, g, b }: typeof RED, tolerance: number): void {
  for (let at = 0; at < data.length; at += 3) {
    const off = Math.max(Math.abs(data[at]! - r), Math.abs(data[at + 1]! - g), Math.abs(data[at + 2]! - b))
    if (off > tolerance) expect.fail(`pixel ${at / 3} is ${[...data.subarray(at, at + 3)]} instead of ${[r, g, b]}`)
  }
}

describe('colours become 8-bit sRGB', () => {
  const grey = { r: 90, g: 90, b: 90 }
  it.each([
    ['JPEG', () => plain(200, 120).jpeg(), RED, 3],
    ['progressive JPEG', () => plain(200, 120).jpeg({ progressive: true }), RED, 3],
    ['grey JPEG', () => plain(200, 120, grey).toColourspace('b-w').jpeg(), grey, 2],
    // What inks cannot print is lost when the file is made, not when it is read.
    ['CMYK JPEG', () => plain(200, 120, grey).toColourspace('cmyk').jpeg(), grey, 16],
    ['PNG', () => plain(200, 120).png(), RED, 0],
    ['PNG with a palette', () => plain(200, 120).png({ palette: true }), RED, 2],
    ['PNG of 16 bits', () => plain(200, 120).toColourspace('rgb16').png(), RED, 1],
    ['grey PNG of 16 bits', () => plain(200, 120, grey).toColourspace('grey16').png(), grey, 1],
    ['PNG in Display P3', () => plain(200, 120).withIccProfile('p3').png(), RED, 2],
    ['WebP', () => plain(200, 120).webp(), RED, 4],
    ['GIF', () => plain(200, 120).gif(), RED, 2],
    ['AVIF', () => plain(200, 120).avif(), RED, 4],
    ['TIFF', () => plain(200, 120).tiff(), RED, 3],
    ['TIFF in CIELAB', () => plain(200, 120).toColourspace('lab').tiff({ compression: 'none' }), RED, 3],
  ] as const)('%s', async (_, make, color, tolerance) => {
    const { size, pixels } = await decode(await make().toBuffer())
    expect(size).toEqual({ width: 200, height: 120 })
    expect([pixels.width, pixels.height, pixels.data.length]).toEqual([64, 48, 64 * 48 * 3])
    expectEven(pixels.data, color, tolerance)
  })

  it('puts what is transparent on white', async () => {
    const half = await sharp({
      create: { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } },
    })
      .png()
      .toBuffer()
    expectEven((await decode(half)).pixels.data, { r: 127, g: 127, b: 127 }, 1)
    const none = await sharp({
      create: { width: 20, height: 20, channels: 4, background: { r: 9, g: 0, b: 0, alpha: 0 } },
    })
      .webp({ lossless: true })
      .toBuffer()
    expectEven((await decode(none)).pixels.data, { r: 255, g: 255, b: 255 }, 0)
  })
})

/** For each target position the source positions behind it with their weights, which fall off from its centre as a triangle does. */
function triangles(from: number, to: number): [at: number, weight: number][][] {
  const scale = from / to
  return Array.from({ length: to }, (_, position) => {
    const center = (position + 0.5) * scale - 0.5
    const weights: [number, number][] = []
    for (let at = Math.floor(center - scale); at <= center + scale + 1; at++) {
      const weight = Math.max(0, 1 - Math.abs(at - center) / scale)
      if (weight > 0) weights.push([Math.min(from - 1, Math.max(0, at)), weight])
    }
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
    return weights.map(([at, weight]) => [at, weight / total])
  })
}

describe('geometry', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i gives the upright picture', async (orientation) => {
    // The file holds the pixels as a camera held that way would have stored them.
    const turned = (angle: number) => busy(120, 80).rotate(angle).png().toBuffer()
    const stored = await {
      1: () => turned(0),
      2: () => busy(120, 80).flop().png().toBuffer(),
      3: () => turned(180),
      4: () => busy(120, 80).flip().png().toBuffer(),
      5: async () =>
        sharp(await turned(90))
          .flop()
          .png()
          .toBuffer(),
      6: () => turned(270),
      7: async () =>
        sharp(await turned(270))
          .flop()
          .png()
          .toBuffer(),
      8: () => turned(90),
    }[orientation]!()
    const file = await sharp(stored).withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer()
    const { size, pixels } = await decode(file, { width: 60, height: 40 })
    expect(size).toEqual({ width: 120, height: 80 })

    const { pixels: expected } = await decode(await busy(120, 80).jpeg({ quality: 100 }).toBuffer(), {
      width: 60,
      height: 40,
    })
    const off = pixels.data.map((value, at) => Math.abs(value - expected.data[at]!))
    expect(Math.max(...off)).toBeLessThan(24)
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(3)
  })

  it.each([
    [200, 150, 64, 48],
    [200, 150, 199, 149],
    [640, 480, 340, 256],
    [33, 2000, 16, 970],
    [301, 40, 100, 13],
  ])('%i × %i scaled down to %i × %i: as a triangle filter is defined, value by value', async (...sizes) => {
    const [width, height, toWidth, toHeight] = sizes
    const source = await busy(width, height).raw().toBuffer()
    const { pixels } = await decode(await busy(width, height).png().toBuffer(), { width: toWidth, height: toHeight })
    const columns = triangles(width, toWidth)
    const rows = triangles(height, toHeight)
    let [most, sum] = [0, 0]
    for (let y = 0; y < toHeight; y++) {
      for (let x = 0; x < toWidth; x++) {
        for (let channel = 0; channel < 3; channel++) {
          let expected = 0
          for (const [row, vertical] of rows[y]!)
            for (const [column, horizontal] of columns[x]!)
              expected += vertical * horizontal * source[(row * width + column) * 3 + channel]!
          const off = Math.abs(pixels.data[(y * toWidth + x) * 3 + channel]! - expected)
          most = Math.max(most, off)
          sum += off
        }
      }
    }
    // It is rounded to whole bytes, after each of the two directions.
    expect(most).toBeLessThan(1.5)
    expect(sum / pixels.data.length).toBeLessThan(0.5)
  })

  it('leaves images that are too small as they are', async () => {
    const source = await busy(40, 30).raw().toBuffer()
    const { scaled, pixels } = await decode(await busy(40, 30).png().toBuffer(), { width: 100, height: 75 })
    expect(scaled).toEqual({ width: 100, height: 75 })
    expect([pixels.width, pixels.height]).toEqual([40, 30])
    expect(Buffer.compare(Buffer.from(pixels.data), source)).toBe(0)
  })

  it('asks for the scaled size with the upright one', async () => {
    const file = await plain(120, 80).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const { pixels } = await decodeImage(sharp, file, MAX_PIXELS, (size) => {
      expect(size).toEqual({ width: 80, height: 120 })
      return { width: 40, height: 60 }
    })
    expect([pixels.width, pixels.height]).toEqual([40, 60])
  })

  it.each([
    [1, 10_000, 1, 320],
    [10_000, 1, 320, 1],
    [1, 1, 1, 1],
  ])('%i × %i', async (width, height, toWidth, toHeight) => {
    const file = await plain(width, height).png().toBuffer()
    const { size, pixels } = await decode(file, { width: toWidth, height: toHeight })
    expect(size).toEqual({ width, height })
    expect(pixels.data.length).toBe(toWidth * toHeight * 3)
    expectEven(pixels.data, RED, 1)
  })

  it('takes the first of several frames', async () => {
    const frames = await Promise.all(['#ff0000', '#00ff00'].map((color) => plain(40, 30, color).png().toBuffer()))
    const animation = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer()
    expect((await sharp(animation).metadata()).pages).toBe(2)
    const { size, pixels } = await decode(animation)
    expect(size).toEqual({ width: 40, height: 30 })
    expectEven(pixels.data, { r: 255, g: 0, b: 0 }, 2)
  })
})

describe('what is refused', () => {
  const refused = (code: string, ...texts: string[]) =>
    expect.objectContaining({ code, message: expect.stringMatching(new RegExp(texts.join('.*'), 's')) })

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['text', Buffer.from('This is not an image.')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['an SVG behind an XML declaration', Buffer.from('<?xml version="1.0"?><svg width="9" height="9"/>')],
    ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj')],
    ['a BMP', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])],
    ['a film', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom')],
    ['a PBM', Buffer.from('P1\n1 1\n0\n')],
  ])('%s, by its first bytes', async (_, image) => {
    await expect(decode(image)).rejects.toThrow(refused('IMAGE_UNREADABLE', 'begins with', 'none of JPEG'))
  })

  it.each([
    ['a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000', 'hex')],
    ['a HEIC', Buffer.from('\0\0\0\x1cftypheic\0\0\0\0heic', 'latin1')],
    ['an SVG dressed as a GIF', Buffer.from('GIF89a<svg width="9" height="9"/>')],
  ])('%s with nothing behind the first bytes', async (_, image) => {
    await expect(decode(image)).rejects.toThrow(refused('IMAGE_UNREADABLE', 'cannot be read'))
  })

  const encoders: Record<string, () => Sharp> = {
    jpeg: () => busy(300, 200).jpeg(),
    'progressive jpeg': () => busy(300, 200).jpeg({ progressive: true }),
    png: () => busy(300, 200).png(),
    'interlaced png': () => busy(300, 200).png({ progressive: true }),
    webp: () => busy(300, 200).webp(),
    'lossless webp': () => busy(300, 200).webp({ lossless: true }),
    gif: () => busy(300, 200).gif(),
    avif: () => busy(300, 200).avif(),
    tiff: () => busy(300, 200).tiff({ compression: 'lzw' }),
    'jpeg in tiff': () => busy(300, 200).tiff({ compression: 'jpeg' }),
  }
  it.each(Object.entries(encoders))('a %s that is cut off, anywhere', async (_, encode) => {
    const whole = await encode().toBuffer()
    await decode(whole)
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 0.97]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share))
      await expect(decode(cut), `${share} of it`).rejects.toThrow(refused('IMAGE_UNREADABLE'))
    }
  })

  it('more pixels than allowed, before any is decoded', async () => {
    const bomb = hugePng(30_000, 20_000)
    expect(bomb.length).toBeLessThan(100_000)
    const before = process.memoryUsage().rss
    await expect(decode(bomb)).rejects.toThrow(
      refused('IMAGE_TOO_LARGE', '30000 × 20000 = 600000000 pixels', 'at most 50000000', 'maxPixels'),
    )
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024)
  })

  it.each(Object.entries(bombs))('%s, for what its header says', async (_, make) => {
    const bomb = await make()
    expect(bomb.length).toBeLessThan(100_000)
    const before = process.memoryUsage().rss
    // A decoder may find for itself that it cannot be; what counts is that nobody begins to decode.
    await expect(decode(bomb)).rejects.toMatchObject({ code: expect.stringMatching(/^IMAGE_(TOO_LARGE|UNREADABLE)$/) })
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024)
  })

  it.each([
    ['a page behind it', '<!doctype html><script>alert(1)</script>'],
    ['an archive behind it', 'PK\x03\x04\x14\0\0\0\0\0'],
    ['a script behind it', '#!/bin/sh\nrm -rf /\n'],
  ])('nothing of a picture with %s: only the picture is looked at', async (_, more) => {
    for (const encode of [plain(30, 20).png(), plain(30, 20).jpeg(), plain(30, 20).gif()]) {
      const file = Buffer.concat([await encode.toBuffer(), Buffer.from(more, 'latin1')])
      expect((await decode(file)).size).toEqual({ width: 30, height: 20 })
      await expect(decode(Buffer.concat([Buffer.from(more, 'latin1'), file]))).rejects.toThrow(
        refused('IMAGE_UNREADABLE'),
      )
    }
  })

  it('one pixel too many, and not the last one allowed', async () => {
    const file = await plain(100, 50).png().toBuffer()
    await expect(decodeImage(sharp, file, 4999, (size) => size)).rejects.toThrow(refused('IMAGE_TOO_LARGE', '5000'))
    await decodeImage(sharp, file, 5000, (size) => size)
  })
})
