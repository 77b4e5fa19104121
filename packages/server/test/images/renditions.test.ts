import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRenditions, type Renditions } from '../../src/images/renditions.ts'
import { type ImageFiles, openImageFolder, readPhotoFolder } from '../../src/index.ts'
import { PNG } from '../pictures.ts'

let folder: string
let photos: string
let cache: string
let read: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-renditions-'))
  photos = join(folder, 'photos')
  cache = join(folder, 'cache')
  read = 0
  await mkdir(photos)
  await mkdir(join(folder, 'uploads'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function open(): Promise<Renditions> {
  const files = await openImageFolder({ uploads: join(folder, 'uploads'), photos: await readPhotoFolder(photos) })
  const counting: ImageFiles = {
    ...files,
    read(name) {
      read += 1
      return files.read(name)
    },
  }
  return createRenditions({ files: counting, folder: cache })
}

const noisy = (background: string) =>
  sharp({
    create: { width: 64, height: 64, channels: 3, background, noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  })
const large = () => sharp({ create: { width: 1200, height: 800, channels: 3, background: '#385' } }).jpeg()

describe('a thumbnail', () => {
  it('is small, a WebP and upright, and made once, however many ask for it', async () => {
    await writeFile(join(photos, 'large.jpg'), await large().withMetadata({ orientation: 6 }).toBuffer())
    const renditions = await open()
    const [one, other] = await Promise.all([renditions.thumbnail('large.jpg'), renditions.thumbnail('large.jpg')])
    expect(one!.contentType).toBe('image/webp')
    expect(await sharp(one!.bytes).metadata()).toMatchObject({ format: 'webp', width: 347, height: 520 })
    expect(other!.bytes).toEqual(one!.bytes)
    expect((await (await open()).thumbnail('large.jpg'))!.bytes).toEqual(one!.bytes)
    expect(read).toBe(1)
  })

  it('is never larger than the image, and a WebP of a small image of another kind', async () => {
    await writeFile(join(photos, 'small.png'), PNG)
    const thumbnail = await (await open()).thumbnail('small.png')
    expect(await sharp(thumbnail!.bytes).metadata()).toMatchObject({ format: 'webp', width: 2, height: 1 })
  })

  it('is a small WebP itself', async () => {
    const small = await sharp(PNG).webp().toBuffer()
    await writeFile(join(photos, 'small.webp'), small)
    expect((await (await open()).thumbnail('small.webp'))!.bytes).toEqual(small)
  })

  it('follows a changed file', async () => {
    await writeFile(join(photos, 'a.png'), PNG)
    const before = await (await open()).thumbnail('a.png')
    await writeFile(join(photos, 'a.png'), await large().png().toBuffer())
    await utimes(join(photos, 'a.png'), new Date(), new Date(1_000_000))
    const after = await (await open()).thumbnail('a.png')
    expect(after!.version).not.toBe(before!.version)
    expect(await sharp(after!.bytes).metadata()).toMatchObject({ height: 520 })
  })
})

describe('what is served', () => {
  it('is the image as it is where its file says nothing besides', async () => {
    await writeFile(join(photos, 'a.png'), PNG)
    const full = await (await open()).full('a.png')
    expect(Buffer.from(full!.bytes)).toEqual(PNG)
    expect(full!.contentType).toBe('image/png')
  })

  it('is nothing where there is no such image, or it cannot be read', async () => {
    await writeFile(
      join(photos, 'broken.jpg'),
      Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), Buffer.alloc(300_000)]),
    )
    const renditions = await open()
    for (const name of ['broken.jpg', 'unknown.jpg', '../photos/broken.jpg', '']) {
      expect(await renditions.full(name), name).toBeUndefined()
      expect(await renditions.thumbnail(name), name).toBeUndefined()
    }
    expect(await readdir(cache).catch(() => [])).toEqual([])
  })

  it('is whatever an extractor could read of it: the first frame, where those behind it are broken', async () => {
    const frames = await Promise.all(['#f00', '#0f0', '#00f'].map((color) => noisy(color).png().toBuffer()))
    const whole = await sharp(frames, { join: { animated: true } })
      .webp()
      .withExifMerge({ IFD0: { Make: 'Somebody' } })
      .toBuffer()
    // Within the last frame; what is behind the frames is the EXIF.
    const broken = Buffer.from(whole).fill(0xff, Math.floor(whole.length * 0.75), Math.floor(whole.length * 0.8))
    await expect(sharp(broken, { animated: true }).raw().toBuffer()).rejects.toThrow()
    await writeFile(join(photos, 'a.webp'), broken)
    const renditions = await open()
    const full = await renditions.full('a.webp')
    const metadata = await sharp(full!.bytes).metadata()
    expect([metadata.format, metadata.pages ?? 1, metadata.exif]).toEqual(['webp', 1, undefined])
    expect(await renditions.thumbnail('a.webp')).toBeDefined()
  })

  it('is decoded of four images at once at most, whatever the crowd', async () => {
    for (let at = 0; at < 30; at++) await writeFile(join(photos, `${at}.png`), PNG)
    let [underWay, most] = [0, 0]
    const real = await openImageFolder({ uploads: join(folder, 'uploads'), photos: await readPhotoFolder(photos) })
    const watched: ImageFiles = {
      ...real,
      async read(name) {
        most = Math.max(most, ++underWay)
        await new Promise((resolve) => setTimeout(resolve, 5))
        underWay -= 1
        return real.read(name)
      },
    }
    const renditions = createRenditions({ files: watched, folder: cache })
    const all = await Promise.all(Array.from({ length: 30 }, (_, at) => renditions.thumbnail(`${at}.png`)))
    expect(all.every((rendition) => rendition !== undefined)).toBe(true)
    expect(most).toBe(4)
  })

  it('is made without a cache where that cannot be written to', async () => {
    await writeFile(join(photos, 'a.jpg'), await large().withMetadata({ orientation: 6 }).toBuffer())
    await writeFile(cache, 'a file where the folder should be')
    const renditions = await open()
    expect(await sharp((await renditions.full('a.jpg'))!.bytes).metadata()).toMatchObject({ width: 800, height: 1200 })
    expect(await sharp((await renditions.thumbnail('a.jpg'))!.bytes).metadata()).toMatchObject({ format: 'webp' })
  })

  it('is forgotten with its image, and with no other', async () => {
    await writeFile(join(photos, 'a.png'), PNG)
    await writeFile(join(photos, 'a.png2.png'), PNG)
    const renditions = await open()
    const names = (await readPhotoFolder(photos)).map(({ name }) => name)
    for (const name of names) await Promise.all([renditions.full(name), renditions.thumbnail(name)])
    expect(await readdir(cache)).toHaveLength(4)
    await renditions.remove('a.png')
    const kept = names.find((name) => name !== 'a.png')!
    expect(await readdir(cache)).toEqual([expect.stringContaining(kept), expect.stringContaining(kept)])
  })
})
