import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyPictures, type RunOptions, run, start, temporaryFolder } from './command.ts'

let folder: string
const command = (args: readonly string[], more: Omit<RunOptions, 'folder'> = {}) => run(args, { folder, ...more })

beforeAll(async () => {
  folder = await temporaryFolder()
  await copyPictures(join(folder, 'photos'), /^(beach|farm|street)-0/)
  await copyPictures(join(folder, 'few'), /^beach-00[12]/)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('lets one process in at a time, by whatever path it comes', async () => {
  const serving = start(['serve', 'few', '--store', 'shared', '--port', '0'], { folder })
  await serving.saying(/described now/)
  await symlink(join(folder, 'shared'), join(folder, 'link'))
  for (const path of ['shared', 'link']) {
    const { code, err } = await command(['objects', '--store', path])
    expect(code).toBe(3)
    expect(err).toContain('error STORE_IN_USE: Another process is using the store in')
  }
  serving.child.kill('SIGINT')
  await serving.finished()
  expect((await command(['objects', '--store', 'link'])).code).toBe(0)
})

it('is made again where its making was interrupted, and never in what is somebody else’s', async () => {
  await mkdir(join(folder, 'begun/database.new'), { recursive: true })
  await writeFile(join(folder, 'begun/database.new/PG_VERSION'), 'half')
  expect((await command(['ingest', 'few', '--store', 'begun', '--json'])).json()).toMatchObject({ added: 2 })

  const { code, err } = await command(['ingest', 'few', '--store', 'photos'])
  expect(code).toBe(3)
  expect(err).toContain('photos is no store and not empty')
  await writeFile(join(folder, 'file'), '')
  expect((await command(['ingest', 'few', '--store', 'file'])).err).toContain('A store cannot be made in')
})

it('says what to do where it is damaged', async () => {
  await command(['ingest', 'few', '--store', 'damaged'])
  await truncate(join(folder, 'damaged/database/global/pg_control'), 0)
  const { code, out, err } = await command(['objects', '--store', 'damaged'])
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toMatch(
    /^error STORE_FAILED: The store in \S+damaged cannot be opened \(.+\)\. Move that folder away and [^\n]+\n$/,
  )
})
