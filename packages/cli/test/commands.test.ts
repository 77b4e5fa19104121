import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { copyPictures, type Finished, type RunOptions, run, temporaryFolder } from './command.ts'

/** Each runs the command several times, and `npm test` has the like. */
const itInFull = it.runIf(inFull)

let folder: string
let ids: string[]
let first: Finished
const command = (args: readonly string[], more: Omit<RunOptions, 'folder'> = {}) => run(args, { folder, ...more })

interface Named {
  readonly name?: string
  readonly object?: string
  readonly score?: number
}
const named = (things: readonly Named[]) => things.map(({ name, object }) => name ?? object)

beforeAll(async () => {
  folder = await temporaryFolder()
  const below = await copyPictures(join(folder, 'photos/airports'), /^airport-00[1-4]/)
  const above = await copyPictures(join(folder, 'photos'), /^(beach|street)-00[1-3]/)
  ids = [...below.map((name) => `airports/${name}`), ...above].sort()
  await writeFile(join(folder, 'photos/notes.txt'), 'no image')
  await writeFile(join(folder, 'photos/.hidden.jpg'), 'no image either')
  await writeFile(join(folder, 'photos/LICENSE'), 'without an extension')
  first = await command(['ingest', 'photos'])
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('ingest', () => {
  it('describes what is below the folder, and is quiet in a pipe', () => {
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(new RegExp(`^${ids.length} images in \\d+:\\d\\d: ${ids.length} added, 0 unchanged\n$`))
  })

  itInFull('leaves nothing in the home of whoever runs it', async () => {
    const home = join(folder, 'home')
    await mkdir(home)
    const env = { HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
    expect((await command(['ingest', 'photos/airports', '--store', 'apart'], { env })).code).toBe(0)
    expect(await readdir(home)).toEqual([])
  })

  it('describes nothing twice, keeps tags, and takes images without an extension by their content', async () => {
    await copyPictures(join(folder, 'more'), /^beach-004/)
    await rename(join(folder, 'more/beach-004.webp'), join(folder, 'more/beach'))
    const tagged = await command(['ingest', 'more', '--prefix', 'more/', '--tag', 'sea', '--json'])
    expect(tagged.json()).toMatchObject({ folder: 'more', added: 1, unchanged: 0, removed: [], failed: [] })
    const again = await command(['ingest', 'more', '--prefix', 'more/', '--tag', 'sand', '--json'])
    expect(again.json()).toMatchObject({ added: 0, unchanged: 1 })
    const both = await command(['find', 'boat', 'surfboard', '--tag', 'sea', '--tag', 'sand', '--json'])
    expect(both.json().items).toMatchObject([{ id: 'more/beach', tags: ['sea', 'sand'] }])
  })

  itInFull('tells of images that it could not describe, in a table, and stores the others', async () => {
    await copyPictures(join(folder, 'mixed'), /^beach-005/)
    await writeFile(join(folder, 'mixed/broken.jpg'), 'no JPEG')
    const text = await command(['ingest', 'mixed', '--prefix', 'mixed/'])
    expect(text.code).toBe(1)
    expect(text.out).toMatch(
      /^2 images in .*: 1 added, 0 unchanged, 1 failed\n\nmixed\/broken\.jpg {2}IMAGE_UNREADABLE {2}.+\n$/,
    )
    const json = await command(['ingest', 'mixed', '--prefix', 'mixed/', '--json'])
    expect(json.code).toBe(1)
    expect(json.json()).toMatchObject({
      unchanged: 1,
      failed: [{ id: 'mixed/broken.jpg', code: 'IMAGE_UNREADABLE', message: expect.stringContaining('no JPEG') }],
    })
  })

  itInFull('forgets images whose files are gone when it is asked to, and only those', async () => {
    await copyPictures(join(folder, 'going'), /^street-00[45]/)
    await command(['ingest', 'going', '--prefix', 'going/'])
    await rm(join(folder, 'going/street-004.webp'))
    const kept = await command(['ingest', 'going', '--prefix', 'going/', '--json'])
    expect(kept.json().removed).toEqual([])
    const pruned = await command(['ingest', 'going', '--prefix', 'going/', '--prune', '--json'])
    expect(pruned.json()).toMatchObject({ unchanged: 1, removed: ['going/street-004.webp'] })
    expect((await command(['similar', 'going/street-004.webp'])).code).toBe(1)
    expect((await command(['similar', ids[0]!])).code).toBe(0)
  })

  itInFull('refuses to prune by a folder without images, which may be a disk that is not there', async () => {
    await mkdir(join(folder, 'empty'))
    const refused = await command(['ingest', 'empty', '--prune'])
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.err).toContain('error USAGE: There is no image in empty')
    expect((await command(['similar', ids[0]!])).code).toBe(0)
  })
})

describe('similar', () => {
  it('shows score, id and reasons, for an id', async () => {
    const { code, out, err } = await command(['similar', ids[0]!, '--limit', '2'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [title, ...lines] = out.trimEnd().split('\n')
    expect(title).toMatch(/^airports\/airport-001\.webp shows airplane 1\.00/)
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line).toMatch(/^0\.\d\d {2}\S+\.webp +(shows|alike in) \w.*$/)
  })

  itInFull('shows the same for a file that need not be stored, and for stdin', async () => {
    const stored = (await command(['similar', ids[0]!, '--json', '-n', '2'])).json()
    expect(stored.query).toEqual({ id: ids[0] })
    expect(stored.nextCursor).toEqual(expect.any(String))
    const file = (await command(['similar', `photos/${ids[0]}`, '--json', '-n', '2', '--exclude', ids[0]!])).json()
    expect(file.query).toEqual({ file: `photos/${ids[0]}` })
    const scores = (page: { items: { id: string; score: number }[] }) => page.items.map(({ id, score }) => [id, score])
    expect(scores(file)).toEqual(scores(stored))
    const input = await readFile(join(folder, 'photos', ids[0]!))
    const piped = (await command(['similar', '-', '--json', '-n', '2', '--exclude', ids[0]!], { input })).json()
    expect(scores(piped)).toEqual(scores(stored))
    const next = await command(['similar', ids[0]!, '--json', '-n', '2', '--cursor', stored.nextCursor])
    const pages = [...stored.items, ...next.json().items].map(({ id }) => id)
    expect(new Set(pages).size).toBe(pages.length)
  })

  itInFull('weighs looks, filters and varies as it is told', async () => {
    const page = async (...options: string[]) => (await command(['similar', ids[0]!, '--json', ...options])).json()
    const plain = await page()
    const colors = await page('--weights', 'arrangement=0,colors=3')
    expect(named(colors.items[0].because)).not.toContain('arrangement')
    expect(named(plain.items[0].because)).toContain('arrangement')
    const without = await page('--without', 'truck')
    expect(plain.items.length).toBeGreaterThan(without.items.length)
    for (const { objects } of without.items) expect(named(objects)).not.toContain('truck')
    const sure = await page('--with', 'airplane=0.99')
    expect(sure.items.length).toBeGreaterThan(0)
    for (const { objects } of sure.items) {
      const scores = (objects as Named[]).filter(({ object }) => object === 'airplane').map(({ score }) => score ?? 0)
      expect(Math.max(...scores)).toBeGreaterThanOrEqual(0.99)
    }
    expect((await page('--not-tag', 'nothing', '--any-tag', 'nothing')).items).toEqual([])
    expect((await page('--diversity', '0.5', '--collapse')).items.length).toBeGreaterThan(0)
  })
})

describe('find', () => {
  it('finds objects by name, with weights and dislikes', async () => {
    const { code, out } = await command(['find', 'surfboard', 'boat=0.5', '--not', 'person', '-n', '2'])
    expect(code).toBe(0)
    expect(out).toMatch(/^surfboard, boat 0\.5, not person\n[01]\.\d\d {2}\S+ +shows \w/)
    const { query, items } = (await command(['find', 'surfboard', 'boat=0.5', '--not', 'person', '--json'])).json()
    expect(query).toEqual({ objects: { surfboard: 1, boat: 0.5 }, not: { person: 1 } })
    expect(items[0].because[0].kind).toBe('object')
  })
})

it('counts objects', async () => {
  const json = (await command(['objects', '--json'])).json()
  expect(json).toMatchObject({ stored: expect.any(Number), total: expect.any(Number) })
  expect(json.objects.airplane).toBe(4)
  const { out } = await command(['objects'])
  expect(out).toMatch(/^airplane +4 +\d+ %$/m)
  expect(out).toContain(`${json.stored} images, ${json.total} of them with objects`)
})

itInFull('groups duplicates', async () => {
  await copyPictures(join(folder, 'copies'), /^airport-001/)
  await command(['ingest', 'copies', '--prefix', 'copies/'])
  const groups = [['airports/airport-001.webp', 'copies/airport-001.webp']]
  expect((await command(['duplicates', '--bits', '0', '--json'])).json()).toEqual({ groups })
  expect((await command(['duplicates'])).out).toBe(`${groups[0]!.join('\n')}\n\n1 group, 1 image too many\n`)
})

itInFull('removes images, and says which were not there', async () => {
  await copyPictures(join(folder, 'short'), /^street-006/)
  await command(['ingest', 'short', '--prefix', 'short/'])
  const both = await command(['remove', 'short/street-006.webp', 'nowhere.jpg'])
  expect(both).toEqual(expect.objectContaining({ code: 1, out: '1 image removed\n', err: 'not stored: nowhere.jpg\n' }))
  const json = await command(['remove', 'short/street-006.webp', '--json'])
  expect(json.code).toBe(1)
  expect(json.json()).toEqual({ removed: [], unknown: ['short/street-006.webp'] })
})

it('lists the known models', async () => {
  const cache = join(folder, 'cache')
  const { models } = (await command(['models', '--json', '--model-cache', cache])).json()
  expect(models).toHaveLength(6)
  expect(models[1]).toMatchObject({
    name: 'mask-rcnn-r50-fpn-12-int8',
    bytes: 45_769_352,
    licence: 'MIT',
    path: join(cache, 'mask-rcnn-r50-fpn-12-int8.onnx'),
    cached: false,
  })
  expect((await command(['models', '--model-cache', cache])).out).toMatch(
    /^mask-rcnn-r50-fpn-12-int8 +46 MB {2}MIT {2}not in the cache$/m,
  )
})

itInFull('examines itself', async () => {
  const well = await command(['doctor', '--json'])
  expect(well.code).toBe(0)
  const { ok, checks } = well.json()
  expect(ok).toBe(true)
  expect(checks.map(({ name }: { name: string }) => name)).toEqual([
    'node',
    'sharp',
    'onnxruntime-node',
    'model',
    'store',
    'images',
  ])
  const other = await command(
    ['doctor', '--json', '--model', 'mask-rcnn-r50-fpn-12', '--model-cache', join(folder, 'none')],
    {
      env: { IMAGE_RECOMMENDER_CONTRACT: '' },
    },
  )
  expect(other.code).toBe(1)
  const bad = other.json().checks.filter((check: { ok: boolean }) => !check.ok)
  expect(bad).toMatchObject([
    { name: 'model', advice: expect.stringContaining('models pull mask-rcnn-r50-fpn-12') },
    { name: 'images', found: expect.stringContaining('described by another model') },
  ])
  const text = await command(['doctor', '--store', 'nowhere'])
  expect(text.code).toBe(0)
  expect(text.out).toMatch(/✓ store +nowhere: none yet\n {2}→ image-recommender ingest/)
})
