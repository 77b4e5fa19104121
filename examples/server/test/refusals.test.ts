import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startProcess } from './server-process.ts'

vi.setConfig({ testTimeout: 60_000 })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'example-refusals-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function refused(commandLine: string[], environment: Record<string, string> = {}): Promise<string> {
  const server = startProcess(commandLine, { DATA_FOLDER: join(folder, 'data'), ...environment })
  expect(await server.ended(), server.output()).toBe(1)
  expect(server.errors()).not.toMatch(/^ +at /m)
  return server.errors()
}

describe('the server ends with 1 and one clear line', () => {
  it('where the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    expect(await refused([], { PORT: String(port) })).toBe(
      `Port ${port} is in use. Choose another one: PORT=${port + 1} npm start\n`,
    )
    other.close()
    expect(await readdir(folder)).toEqual([])
  })

  it('where the data folder cannot be written to', async () => {
    await writeFile(join(folder, 'file'), '')
    const below = join(folder, 'file', 'data')
    expect(await refused([], { DATA_FOLDER: below })).toBe(
      `ENOTDIR: cannot write to ${below}. Set DATA_FOLDER to a folder that you can write to.\n`,
    )
    if (process.platform === 'linux') {
      expect(await refused([], { DATA_FOLDER: '/proc/data' })).toMatch(
        /^E[A-Z]+: cannot write to \/proc\/data\. Set DATA_FOLDER/,
      )
    }
  })

  it('where there is no such photos folder', async () => {
    const photos = join(folder, 'nothing')
    expect(await refused(['--photos', photos])).toBe(`ENOENT: cannot read the images in ${photos}.\n`)
  })

  it('where an option is not known, with those that are', async () => {
    expect(await refused(['--verbose'])).toMatch(/^Unknown option '--verbose'\.\n\nUsage: npm start -- \[options\]/)
  })
})

it('gives help and ends with 0', async () => {
  const server = startProcess(['--help'])
  expect(await server.ended()).toBe(0)
  expect(server.output()).toMatch(/--photos FOLDER.*DATA_FOLDER/s)
})
