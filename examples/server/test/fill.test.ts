import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecommender, type Recommender } from '@image-recommender/core'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCollection } from '../src/collection.ts'
import { fill } from '../src/fill.ts'
import { openImageFiles } from '../src/image-files.ts'
import { imageKindOf } from '../src/image-kind.ts'
import { createThumbnails } from '../src/thumbnails.ts'
import { picture, pictureExtractor } from './test-app.ts'

let folder: string
let photos: string
let uploads: string
let described: number
let recommender: Recommender

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'example-fill-'))
  photos = join(folder, 'photos')
  uploads = join(folder, 'uploads')
  await mkdir(join(photos, 'holiday'), { recursive: true })
  await mkdir(uploads)
  described = 0
  const real = pictureExtractor()
  recommender = await createRecommender({
    extractor: {
      ...real,
      extract(image, options) {
        described += 1
        return real.extract(image, options)
      },
    },
  })
})
afterEach(async () => {
  await recommender.close()
  await rm(folder, { recursive: true, force: true })
})

const files = async () => openImageFiles({ uploads, collection: await readCollection(photos) })

describe('readCollection', () => {
  it('names every image by an id that is no path, the same every time', async () => {
    await writeFile(join(photos, 'dog.png'), 'x')
    await writeFile(join(photos, 'Ein Hund & mehr.JPG'), 'x')
    await writeFile(join(photos, 'holiday/dog.png'), 'x')
    await writeFile(join(photos, '犬.webp'), 'x')
    await writeFile(join(photos, 'notes.txt'), 'x')
    await writeFile(join(photos, '.hidden.png'), 'x')
    await writeFile(join(folder, 'outside.png'), 'x')
    await symlink(join(folder, 'outside.png'), join(photos, 'link.png'))
    await symlink(folder, join(photos, 'linked'))
    const names = (await readCollection(photos)).map(({ name }) => name)
    expect(names).toEqual([
      expect.stringMatching(/^Ein-Hund-mehr-[0-9a-f]{12}\.jpg$/),
      expect.stringMatching(/^dog-[0-9a-f]{12}\.png$/),
      'dog.png',
      expect.stringMatching(/^image-[0-9a-f]{12}\.webp$/),
    ])
    expect((await readCollection(photos)).map(({ name }) => name)).toEqual(names)
  })

  it('says which folder it is that cannot be read', async () => {
    await expect(readCollection(join(folder, 'nothing'))).rejects.toThrow(`ENOENT: cannot read the images in ${folder}`)
  })
})

describe('fill', () => {
  it('describes what is new or changed, forgets what is gone, and nothing twice', async () => {
    for (const name of ['a', 'b', 'c']) await writeFile(join(photos, `${name}.png`), picture({ dog: 0.9 }, name))
    expect(await fill(recommender, await files())).toEqual({ described: 3, known: 0, removed: 0, failed: [] })
    const onProgress = () => expect.fail('nothing is to be read again')
    expect(await fill(recommender, await files(), { onProgress })).toEqual({
      described: 0,
      known: 3,
      removed: 0,
      failed: [],
    })
    expect(described).toBe(3)

    await writeFile(join(photos, 'a.png'), picture({ cat: 0.8 }, 'another'))
    await utimes(join(photos, 'b.png'), new Date(), new Date(0))
    await rm(join(photos, 'c.png'))
    await writeFile(join(photos, 'd.png'), picture({ dog: 0.9 }, 'd'))
    // b.png was only touched: it is read, but has been described.
    expect(await fill(recommender, await files())).toEqual({ described: 2, known: 1, removed: 1, failed: [] })
    expect(described).toBe(5)
    expect((await recommender.get('a.png'))?.objects[0]?.object).toBe('cat')
    expect(await recommender.get('c.png')).toBeUndefined()
  })

  it('reports what cannot be described, and goes on', async () => {
    await writeFile(join(photos, 'a.png'), 'no image')
    await writeFile(join(photos, 'b.png'), picture({ dog: 0.9 }))
    const seen: string[] = []
    const report = await fill(recommender, await files(), {
      onProgress: ({ done, total }) => seen.push(`${done}/${total}`),
    })
    expect(report).toMatchObject({ described: 1, failed: [{ id: 'a.png' }] })
    expect(seen).toEqual(['0/2', '1/2', '2/2'])
  })

  it('finds uploads again whose records were lost, and removes what a crash left half-written', async () => {
    const bytes = picture({ dog: 0.9 })
    const { name } = await (await files()).save(bytes, imageKindOf(bytes)!)
    await writeFile(join(uploads, `${name}.part`), 'half')
    const reopened = await files()
    expect(await readdir(uploads)).toEqual([name])
    expect((await reopened.list()).map((file) => file.name)).toEqual([name])
    expect(await fill(recommender, reopened)).toMatchObject({ described: 1 })
    await reopened.remove(name)
    expect(await reopened.open(name)).toBeUndefined()
    expect(await fill(recommender, reopened)).toMatchObject({ removed: 1 })
  })

  it('stops when it is told to', async () => {
    for (let at = 0; at < 50; at++) await writeFile(join(photos, `${at}.png`), picture({ dog: 0.9 }, `${at}`))
    const controller = new AbortController()
    const onProgress = ({ done }: { done: number }) => done >= 5 && controller.abort()
    const { described, failed } = await fill(recommender, await files(), { signal: controller.signal, onProgress })
    expect(failed).toEqual([])
    expect(described).toBeGreaterThanOrEqual(5)
    expect(described).toBeLessThan(10)
    expect(await recommender.count()).toBe(described)
    expect(await fill(recommender, await files())).toMatchObject({ failed: [] })
    expect(await recommender.count()).toBe(50)
  })
})

describe('thumbnails', () => {
  it('are made of large images, once, upright, and follow a changed file', async () => {
    const noise = { width: 1200, height: 800, channels: 3, noise: { type: 'gaussian', mean: 120, sigma: 60 } } as const
    const large = await sharp({ create: { ...noise, background: '#888' } })
      .jpeg({ quality: 95 })
      .withMetadata({ orientation: 6 })
      .toBuffer()
    await writeFile(join(photos, 'large.jpg'), large)
    await writeFile(
      join(photos, 'small.png'),
      await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
        .png()
        .toBuffer(),
    )
    await writeFile(
      join(photos, 'broken.jpg'),
      Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), Buffer.alloc(300_000)]),
    )
    const thumbnails = createThumbnails({ folder: join(folder, 'thumbnails'), files: await files() })
    const [path, again] = await Promise.all([thumbnails.of('large.jpg'), thumbnails.of('large.jpg')])
    expect(again).toBe(path)
    expect(await sharp(path).metadata()).toMatchObject({ format: 'webp', width: 347, height: 520 })
    expect(await thumbnails.of('large.jpg')).toBe(path)
    expect(await thumbnails.of('small.png')).toBeUndefined()
    expect(await thumbnails.of('broken.jpg')).toBeUndefined()
    expect(await thumbnails.of('../photos/large.jpg')).toBeUndefined()
    await utimes(join(photos, 'large.jpg'), new Date(), new Date(1_000_000))
    expect(
      await createThumbnails({ folder: join(folder, 'thumbnails'), files: await files() }).of('large.jpg'),
    ).not.toBe(path)
  })
})
