import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { gallery, run, start, temporaryFolder } from './command.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Each runs the command several times, and `npm test` has the like. */
const itInFull = it.runIf(inFull)

async function folderWithPhotos(): Promise<string> {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'photos/below'), { recursive: true })
  for (const name of ['park-001', 'park-002', 'park-003']) {
    await copyFile(join(gallery, `${name}.webp`), join(folder, `photos/below/${name}.webp`))
  }
  return folder
}

it('makes of a folder a page to look around on, under the ids that the other commands use', async () => {
  const folder = await folderWithPhotos()
  const server = start(['serve', 'photos', '--port', '0'], { folder })
  await server.saying(/3 images, 3 described now/)
  const [url] = /http:\/\/\S+/.exec(server.out())!
  const ask = (path: string) => fetch(new URL(path, url))

  expect((await ask('/')).headers.get('content-type')).toContain('text/html')
  const id = encodeURIComponent('below/park-001.webp')
  const { items } = (await (await ask(`/v1/images/${id}/similar`)).json()) as { items: { id: string }[] }
  expect(items.length).toBeGreaterThan(0)
  expect(items[0]!.id).toMatch(/^below\/park-00[23]\.webp$/)
  const bytes = Buffer.from(await (await ask(`/v1/images/${id}/file`)).arrayBuffer())
  expect(bytes.equals(await readFile(join(folder, 'photos/below/park-001.webp')))).toBe(true)
  expect((await ask(`/v1/images/${encodeURIComponent('../secret.webp')}/file`)).status).toBe(404)
  // The folder is only read.
  expect((await fetch(new URL(`/v1/images/${id}`, url), { method: 'DELETE' })).status).toBe(409)

  const form = new FormData()
  form.append('image', new Blob([await readFile(join(gallery, 'ski-001.webp'))]), 'ski.webp')
  const answer = await fetch(new URL('/v1/images', url), { method: 'POST', body: form })
  const { id: uploaded } = (await answer.json()) as { id: string }
  expect(await readdir(join(folder, '.image-recommender/uploads'))).toEqual([uploaded])
  expect(await readdir(join(folder, 'photos'))).toEqual(['below'])

  server.child.kill('SIGINT')
  expect(await server.finished()).toMatchObject({ code: 130 })
  const { code, out } = await run(['similar', 'below/park-001.webp'], { folder })
  expect([code, out]).toEqual([0, expect.stringContaining('below/park-00')])
})

itInFull('says where its port is in use', async () => {
  const folder = await folderWithPhotos()
  const first = start(['serve', 'photos', '--port', '0'], { folder })
  await first.saying(/described now/)
  const { port } = new URL(/http:\/\/\S+/.exec(first.out())![0])
  const second = await run(['serve', 'photos', '--port', port, '--store', 'other'], { folder })
  expect(second.code).toBe(3)
  expect(second.err).toContain(`error PORT_UNAVAILABLE: Port ${port} is in use.`)
  first.child.kill('SIGTERM')
  expect(await first.finished()).toMatchObject({ code: 143 })
})
