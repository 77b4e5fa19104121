import { execFile, spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoGallery } from '../src/places.ts'
import { variables } from '../src/settings.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

const document = await readFile(new URL('../../../docs/service.md', import.meta.url), 'utf8')
const commands = [...document.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  .flatMap(([, block]) => block!.split(/(?<!\\)\n/))
  .filter((line) => line.startsWith('curl '))
const hasCurl = spawnSync('curl', ['--version']).status === 0

describe('docs/service.md', () => {
  let folder: string
  let server: ServerProcess
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'example-documented-'))
    await mkdir(join(folder, 'photos'))
    const names = (await readdir(demoGallery)).filter((name) => /^(farm|park)-00.\.webp$/.test(name))
    for (const name of names) await copyFile(join(demoGallery, name), join(folder, 'photos', name))
    // What a file is called counts for nothing.
    await copyFile(join(demoGallery, 'park-001.webp'), join(folder, 'dog.jpg'))
    await copyFile(join(demoGallery, 'farm-002.webp'), join(folder, 'cat.jpg'))
    const environment = { DATA_FOLDER: join(folder, 'data'), MODEL: 'demo', PHOTOS: join(folder, 'photos') }
    server = startProcess([], environment)
    await server.printed('Ready')
    url = /http:\/\/\S+(?=\/)/.exec(server.output())![0]
  })
  afterAll(async () => {
    await server.ended('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  it('has a row for every setting', () => {
    for (const name of Object.keys(variables)) expect(document).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, 'm'))
  })

  it('has examples for curl', () => {
    expect(commands.length).toBeGreaterThan(12)
  })

  it.skipIf(!hasCurl).each(commands)('%s', async (command) => {
    const here = command.replaceAll('http://127.0.0.1:3000', url).replace(/^curl /, 'curl -sS --fail-with-body ')
    const { stdout } = await promisify(execFile)('bash', ['-c', here], { cwd: folder })
    expect(stdout).not.toMatch(/"failed":[1-9]/)
  })
})
