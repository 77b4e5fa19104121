import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecommender, type Recommender } from '@image-recommender/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { imageKindOf } from '../../src/images/image-kind.ts'
import { fill, openImageFolder, readPhotoFolder } from '../../src/index.ts'
import { picture, pictureExtractor } from '../pictures.ts'

let folder: string
let photos: string
let uploads: string
let described: number
let recommender: Recommender

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-fill-'))
  photos = join(folder, 'photos')
  uploads = join(folder, 'uploads')
  await mkdir(photos)
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

const files = async () => openImageFolder({ uploads, photos: await readPhotoFolder(photos) })

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

  it('keeps the tags and metadata of what it describes anew', async () => {
    await writeFile(join(photos, 'a.png'), picture({ dog: 0.9 }))
    await recommender.add({ id: 'a.png', image: picture({ cat: 0.9 }), tags: ['mine'], metadata: { album: 7 } })
    expect(await fill(recommender, await files())).toMatchObject({ described: 1 })
    expect(await recommender.get('a.png')).toMatchObject({
      objects: [{ object: 'dog' }],
      tags: ['mine'],
      metadata: { album: 7 },
    })
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

  it('reports what has gone since it was listed', async () => {
    for (const name of ['a', 'b']) await writeFile(join(photos, `${name}.png`), picture({ dog: 0.9 }, name))
    const listed = await files()
    await rm(join(photos, 'a.png'))
    const report = await fill(recommender, listed)
    expect(report).toMatchObject({ described: 1, failed: [{ id: 'a.png' }] })
    expect(report.failed[0]!.error.message).toContain('a.png has gone meanwhile')
  })

  it('finds uploads again whose records were lost, and forgets those whose files were', async () => {
    const bytes = picture({ dog: 0.9 })
    const { name } = await (await files()).save(bytes, imageKindOf(bytes)!)
    const reopened = await files()
    expect(await fill(recommender, reopened)).toMatchObject({ described: 1 })
    expect(await recommender.get(name)).toBeDefined()
    await reopened.remove(name)
    expect(await fill(recommender, reopened)).toMatchObject({ removed: 1 })
    expect(await recommender.count()).toBe(0)
  })

  describe('of a store that others use, too', () => {
    it('forgets nothing', async () => {
      for (const name of ['a', 'b']) await writeFile(join(photos, `${name}.png`), picture({ dog: 0.9 }, name))
      await fill(recommender, await files(), { shared: true })
      await rm(join(photos, 'a.png'))
      expect(await fill(recommender, await files(), { shared: true })).toMatchObject({ known: 1, removed: 0 })
      expect(await recommender.count()).toBe(2)
      expect(await fill(recommender, await files())).toMatchObject({ known: 1, removed: 1 })
    })

    it('leaves an upload to whoever is adding it, unless nobody can be any more', async () => {
      const bytes = picture({ dog: 0.9 })
      const { name } = await (await files()).save(bytes, imageKindOf(bytes)!)
      expect(await fill(recommender, await files(), { shared: true })).toEqual({
        described: 0,
        known: 0,
        removed: 0,
        failed: [],
      })
      const earlier = new Date(Date.now() - 11 * 60_000)
      await utimes(join(uploads, name), earlier, earlier)
      expect(await fill(recommender, await files(), { shared: true })).toMatchObject({ described: 1 })
      expect(await recommender.get(name)).toBeDefined()
    })

    it('shares the work with others who fill it', async () => {
      for (let at = 0; at < 100; at++) await writeFile(join(photos, `${at}.png`), picture({ dog: 0.9 }, `${at}`))
      const orders: string[][] = [[], []]
      const listed = await files()
      await Promise.all(
        orders.map(async (order) => {
          const read = (name: string) => {
            order.push(name)
            return listed.read(name)
          }
          await fill(recommender, { ...listed, read }, { shared: true })
        }),
      )
      expect(await recommender.count()).toBe(100)
      for (const order of orders) expect(new Set(order).size).toBe(100)
      // By chance it would be four.
      const [first, second] = orders.map((order) => order.slice(0, 20))
      expect(first!.filter((name) => second!.includes(name)).length).toBeLessThan(15)
    })
  })

  it('stops when it is told to', async () => {
    for (let at = 0; at < 50; at++) await writeFile(join(photos, `${at}.png`), picture({ dog: 0.9 }, `${at}`))
    const controller = new AbortController()
    const onProgress = ({ done }: { done: number }) => done >= 5 && controller.abort()
    const { described, failed } = await fill(recommender, await files(), { signal: controller.signal, onProgress })
    expect(failed).toEqual([])
    expect(described).toBeGreaterThanOrEqual(5)
    // What was under way is finished.
    expect(described).toBeLessThan(5 + 8)
    expect(await recommender.count()).toBe(described)
    expect(await fill(recommender, await files())).toMatchObject({ failed: [] })
    expect(await recommender.count()).toBe(50)
  })
})
