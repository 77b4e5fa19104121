import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readPhotoFolder } from '../../src/index.ts'

let folder: string
let photos: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-photos-'))
  photos = join(folder, 'photos')
  await mkdir(join(photos, 'holiday'), { recursive: true })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('names every image by an id that is no path, the same every time', async () => {
  await writeFile(join(photos, 'dog.png'), 'x')
  await writeFile(join(photos, 'Ein Hund & mehr.JPG'), 'x')
  await writeFile(join(photos, 'holiday/dog.png'), 'x')
  await writeFile(join(photos, '犬.webp'), 'x')
  const names = (await readPhotoFolder(photos)).map(({ name }) => name)
  expect(names).toEqual([
    expect.stringMatching(/^Ein-Hund-mehr-[0-9a-f]{12}\.jpg$/),
    expect.stringMatching(/^dog-[0-9a-f]{12}\.png$/),
    'dog.png',
    expect.stringMatching(/^image-[0-9a-f]{12}\.webp$/),
  ])
  expect((await readPhotoFolder(photos)).map(({ name }) => name)).toEqual(names)
})

it('leaves out what is no image, what is hidden, and what is elsewhere', async () => {
  await writeFile(join(photos, 'dog.png'), 'x')
  await writeFile(join(photos, 'notes.txt'), 'x')
  await writeFile(join(photos, '.hidden.png'), 'x')
  await mkdir(join(photos, '.hidden'))
  await writeFile(join(photos, '.hidden/cat.png'), 'x')
  await mkdir(join(photos, 'folder.png'))
  await writeFile(join(folder, 'outside.png'), 'x')
  await symlink(join(folder, 'outside.png'), join(photos, 'link.png'))
  await symlink(folder, join(photos, 'linked'))
  expect((await readPhotoFolder(photos)).map(({ name }) => name)).toEqual(['dog.png'])
})

it('says which folder it is that cannot be read', async () => {
  await expect(readPhotoFolder(join(folder, 'nothing'))).rejects.toThrow(
    `ENOENT: cannot read the images in ${join(folder, 'nothing')}.`,
  )
})
