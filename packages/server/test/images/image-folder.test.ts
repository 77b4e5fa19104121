import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { imageKindOfName } from '../../src/images/image-kind.ts'
import { type ImageFiles, openImageFolder, readPhotoFolder } from '../../src/index.ts'

let folder: string
let photos: string
let uploads: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-images-'))
  photos = join(folder, 'photos')
  uploads = join(folder, 'uploads')
  await mkdir(photos)
  await mkdir(uploads)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = async (): Promise<ImageFiles> => openImageFolder({ uploads, photos: await readPhotoFolder(photos) })
const png = imageKindOfName('a.png')!
const bytes = Buffer.from('the bytes')
const someUpload = '00000000-0000-4000-8000-000000000000.png'

describe('an image folder', () => {
  it('keeps uploads under names of their own, and gives them back', async () => {
    const files = await open()
    const [one, other] = [await files.save(bytes, png), await files.save(bytes, png)]
    expect(one).toEqual({
      name: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.png$/),
      kind: png,
      bytes: bytes.length,
      version: expect.stringMatching(/^[\w.-]{1,64}$/),
      modified: expect.any(Number),
      removable: true,
    })
    expect(other.name).not.toBe(one.name)
    expect(await files.find(one.name)).toEqual(one)
    expect(await files.read(one.name)).toEqual(bytes)
    expect((await files.list()).map(({ name }) => name).sort()).toEqual([one.name, other.name].sort())
    const reopened = await open()
    expect(await reopened.find(one.name)).toEqual(one)

    await files.remove(one.name)
    await files.remove(one.name)
    expect(await files.find(one.name)).toBeUndefined()
    expect(await files.read(one.name)).toBeUndefined()
    expect(await readdir(uploads)).toEqual([other.name])
  })

  it('only reads photos, and knows them as changed when they are', async () => {
    await writeFile(join(photos, 'dog.png'), bytes)
    const before = (await (await open()).list())[0]!
    expect(before).toMatchObject({ name: 'dog.png', removable: false, bytes: bytes.length })
    const files = await open()
    expect(await files.find('dog.png')).toEqual(before)
    expect(await files.read('dog.png')).toEqual(bytes)
    await files.remove('dog.png')
    expect(await readdir(photos)).toEqual(['dog.png'])
    await utimes(join(photos, 'dog.png'), new Date(), new Date(1_000_000))
    expect((await files.find('dog.png'))?.version).not.toBe(before.version)
  })

  it('leaves nothing of an upload that could not be written', async () => {
    const files = await open()
    await rm(uploads, { recursive: true })
    await expect(files.save(bytes, png)).rejects.toThrow('ENOENT')
    await mkdir(uploads)
    await expect(files.save(Symbol() as never, png)).rejects.toThrow()
    expect(await readdir(uploads)).toEqual([])
  })

  it('removes at its start what a crash left half-written, and not what another process is writing', async () => {
    await writeFile(join(uploads, `${someUpload}.part`), 'half')
    await open()
    expect(await readdir(uploads)).toEqual([`${someUpload}.part`])
    const longAgo = new Date((await stat(join(uploads, `${someUpload}.part`))).mtimeMs - 11 * 60_000)
    await utimes(join(uploads, `${someUpload}.part`), longAgo, longAgo)
    const files = await open()
    expect(await readdir(uploads)).toEqual([])
    expect(await files.list()).toEqual([])
  })

  it('knows no names but those of its images', async () => {
    await writeFile(join(photos, 'dog.png'), bytes)
    await writeFile(join(uploads, 'secret.png'), bytes)
    await symlink(join(uploads, 'secret.png'), join(uploads, someUpload))
    const files = await open()
    for (const name of [
      'secret.png',
      someUpload,
      `../uploads/${someUpload}`,
      '../photos/dog.png',
      join(uploads, 'secret.png'),
      '__proto__',
      '',
    ]) {
      expect(await files.find(name), name).toBeUndefined()
      expect(await files.read(name), name).toBeUndefined()
      await files.remove(name)
    }
    expect((await readdir(uploads)).sort()).toContain('secret.png')
    expect(await readdir(photos)).toEqual(['dog.png'])
    expect((await files.list()).map(({ name }) => name)).not.toContain('secret.png')
  })
})
