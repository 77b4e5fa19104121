import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formWith } from '../forms.ts'
import { withObjects } from '../pictures.ts'
import { type TestApp, testApp } from '../test-app.ts'

let test: TestApp
beforeAll(async () => {
  test = await testApp()
})
afterAll(() => test.close())

const SECRETS = ['Canon EOS of somebody', 'Somebody Herself', 'a secret caption']
const exif = {
  IFD0: { Make: SECRETS[0]!, Artist: SECRETS[1]! },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 30/1', GPSLongitudeRef: 'E', GPSLongitude: '11/1 34/1 0/1' },
}
const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>${SECRETS[2]}</dc:description></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

/** Red above, blue below; 60 × 40 pixels. */
async function twoColors(): Promise<Sharp> {
  const half = (background: string) => ({ create: { width: 60, height: 20, channels: 3 as const, background } })
  const lower = await sharp(half('#00f')).png().toBuffer()
  const raw = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#f00' } })
    .composite([{ input: lower, top: 20, left: 0 }])
    .png()
    .toBuffer()
  return sharp(raw)
}

/** What lies on its side is shown as it should be; but an AVIF says that elsewhere than in its EXIF, which counts for nothing there. */
const formats: [name: string, encode: (image: Sharp) => Sharp, type: string, orientation: number][] = [
  ['JPEG', (image) => image.jpeg({ quality: 95 }), 'image/jpeg', 6],
  ['PNG', (image) => image.png(), 'image/png', 6],
  ['WebP', (image) => image.webp({ quality: 95 }), 'image/webp', 6],
  ['AVIF', (image) => image.avif({ quality: 80, effort: 0 }), 'image/avif', 1],
]

async function colorAt(bytes: Uint8Array, [x, y]: readonly number[]): Promise<string> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const [red, , blue] = data.subarray((y! * info.width + x!) * info.channels)
  return red! - blue! > 150 ? 'red' : blue! - red! > 150 ? 'blue' : 'neither'
}

async function added(bytes: Uint8Array): Promise<{ id: string; file: string; thumbnail: string }> {
  const response = await test.inject({ method: 'POST', url: '/v1/images', ...(await formWith(bytes)) })
  expect(response.statusCode, response.body).toBe(201)
  return response.json()
}

describe('what is served of an image', () => {
  it.each(formats)(
    '%s: is upright, and says nothing of camera, place and author',
    async (_, encode, type, orientation) => {
      const bytes = await encode(await twoColors())
        .withMetadata({ orientation })
        .withExifMerge(exif)
        .withXmp(xmp)
        .toBuffer()
      const sent = await sharp(bytes).metadata()
      for (const secret of SECRETS.slice(0, 2)) expect(sent.exif!.includes(secret)).toBe(true)
      expect(sent.xmp!.includes(SECRETS[2]!)).toBe(true)
      const { id, file, thumbnail } = await added(withObjects(bytes, { dog: 0.9 }))
      // Nothing was lost of what was sent.
      expect((await readFile(join(test.uploads, id))).subarray(0, bytes.length).equals(bytes)).toBe(true)

      for (const [url, contentType] of [
        [file, type],
        [thumbnail, 'image/webp'],
      ] as const) {
        const response = await test.inject(url)
        expect(response.headers['content-type']).toBe(contentType)
        const shown = response.rawPayload
        for (const secret of SECRETS) expect(shown.includes(secret), `${url} ${secret}`).toBe(false)
        const metadata = await sharp(shown).metadata()
        expect([metadata.exif, metadata.xmp, metadata.iptc]).toEqual([undefined, undefined, undefined])
        expect(metadata.orientation ?? 1).toBe(1)
        expect([metadata.width, metadata.height]).toEqual(orientation === 6 ? [40, 60] : [60, 40])
        // Of what was turned, the upper half is now the right one.
        const { red, blue } = orientation === 6 ? { red: [32, 30], blue: [8, 30] } : { red: [30, 8], blue: [30, 32] }
        expect(await colorAt(shown, red), url).toBe('red')
        expect(await colorAt(shown, blue), url).toBe('blue')
      }
    },
  )

  it('GIF: is served as it is, with a WebP for a thumbnail', async () => {
    const bytes = withObjects(await (await twoColors()).gif().toBuffer(), { dog: 0.9 })
    const { file, thumbnail } = await added(bytes)
    const full = await test.inject(file)
    expect(full.headers['content-type']).toBe('image/gif')
    expect(full.rawPayload.equals(bytes)).toBe(true)
    expect(await sharp((await test.inject(thumbnail)).rawPayload).metadata()).toMatchObject({
      format: 'webp',
      width: 60,
    })
  })

  it('keeps its colour profile', async () => {
    const bytes = await (await twoColors()).jpeg().withIccProfile('p3').withExifMerge(exif).toBuffer()
    const { file } = await added(withObjects(bytes, { dog: 0.9 }))
    expect((await sharp((await test.inject(file)).rawPayload).metadata()).icc).toBeDefined()
  })
})

describe('the address of an image', () => {
  it('never serves anything else, so that it need not be asked for again', async () => {
    const { file, thumbnail } = await added(withObjects(await (await twoColors()).png().toBuffer(), { dog: 0.9 }))
    for (const url of [file, thumbnail]) {
      const cached = async (address: string) => (await test.inject(address)).headers['cache-control']
      expect(await cached(url)).toBe('private, max-age=31536000, immutable')
      const [bare] = url.split('?')
      for (const other of [bare!, `${bare}?v=`, `${bare}?v=1-1`, `${url}x`]) {
        expect(await cached(other), other).toBe('private, no-cache')
      }
    }
  })

  it('answers 304 to whoever has it, and each rendition for itself', async () => {
    const { file, thumbnail } = await added(withObjects(await (await twoColors()).png().toBuffer(), { dog: 0.9 }))
    const tags = await Promise.all([file, thumbnail].map(async (url) => String((await test.inject(url)).headers.etag)))
    expect(tags[0]).toMatch(/^"[^"]+"$/)
    expect(tags[1]).not.toBe(tags[0])
    const status = async (url: string, tag: string) => {
      const response = await test.inject({ url, headers: { 'if-none-match': tag } })
      if (response.statusCode === 304) expect(response.rawPayload).toHaveLength(0)
      return response.statusCode
    }
    expect(await status(file, tags[0]!)).toBe(304)
    expect(await status(file, `"another", W/${tags[0]}`)).toBe(304)
    expect(await status(thumbnail, tags[1]!)).toBe(304)
    expect(await status(file, tags[1]!)).toBe(200)
    expect(await status(file, '"another"')).toBe(200)
  })

  it('is none where there is no such image', async () => {
    for (const what of ['file', 'thumbnail']) {
      const response = await test.inject(`/v1/images/unknown.png/${what}?v=1-1`)
      expect(response.statusCode).toBe(404)
      expect(response.json().error.code).toBe('IMAGE_NOT_FOUND')
      expect(response.headers['cache-control']).toBe('no-store')
    }
  })
})
