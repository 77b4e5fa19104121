import { once } from 'node:events'
import { readdir, symlink, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestApp, testApp } from '../test-app.ts'

const LINK = '00000000-0000-4000-8000-000000000000.png'
const SECRET = 'What is written there is for nobody.'

let test: TestApp
let id: string
beforeAll(async () => {
  test = await testApp()
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  id = await test.add({ dog: 0.9 })
  // What somebody might want to have: beside the uploads, among them, and behind a link.
  for (const name of ['secret.txt', 'secret.png', '.env']) {
    await writeFile(join(test.uploads, name), SECRET)
    await writeFile(join(dirname(test.uploads), name), SECRET)
  }
  await symlink(dirname(test.uploads), join(test.uploads, 'up'))
  await symlink(join(test.uploads, 'secret.png'), join(test.uploads, LINK))
})
afterAll(() => {
  agent.destroy()
  return test.close()
})

/** Pieces of which names are made that lead elsewhere, somewhere. */
const piece = fc.oneof(
  fc.constantFrom('..', '.', '/', '\\', '%2e%2e', '%2f', '%5c', '%00', '\0', '~', ':', '//', ';', '?', '#', ' ', '\n'),
  fc.constantFrom('secret.txt', 'secret.png', '.env', 'up', 'uploads', 'cache', 'etc', 'passwd', 'C:', 'CON', 'NUL'),
  fc.constantFrom(LINK, '.part', '::$DATA', '__proto__', 'constructor', '\u2025'),
  fc.constantFrom('\uff0e\uff0e\uff0f', '\u202e', 'A'.repeat(300), '%c0%ae%c0%ae%c0%af', '..;/', '....//', 'file:///'),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const name = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''))
const absolute = fc.boolean()

const NAMES = 5000

it(`never leads anywhere by one of ${NAMES} hostile names`, { timeout: 180_000 }, async () => {
  const around = [test.uploads, dirname(test.uploads)]
  // A link among the uploads may well be deleted by its name; what it leads to may not.
  const everything = async () =>
    (await Promise.all(around.map((folder) => readdir(folder)))).flat().filter((name) => name !== LINK)
  const before = await everything()
  const routes = ['', '/file', '/thumbnail', '/similar']
  let tried = 0
  const property = fc.asyncProperty(name, absolute, async (relative, fromRoot) => {
    const hostile = fromRoot ? `${test.uploads}/${relative}` : relative
    fc.pre(hostile !== id)
    expect(await test.files.find(hostile)).toBeUndefined()
    expect(await test.files.read(hostile)).toBeUndefined()
    await test.files.remove(hostile)
    // As it stands, and with its signs escaped; each time another route.
    const address = tried++ % 2 === 0 ? encodeURIComponent(hostile.toWellFormed()) : escapedForAddress(hostile)
    const method = tried % 7 === 0 ? 'DELETE' : 'GET'
    const url = `/v1/images/${address}${method === 'DELETE' ? '' : routes[tried % routes.length]}`
    const [verb, path] = tried % 3 === 0 ? ['GET', `/static/${address}`] : [method, url]
    const { status, body } = await asked(verb, path)
    expect(status, path).toBeGreaterThanOrEqual(400)
    expect(status, path).toBeLessThan(500)
    expect(body).not.toContain(SECRET)
    if (!fromRoot) expect(body).not.toContain(test.uploads)
  })
  await fc.assert(property, { numRuns: NAMES })
  expect(await everything()).toEqual(before)
  expect(test.reported).toEqual([])
  expect((await test.inject(`/v1/images/${id}/file`)).statusCode).toBe(200)
})

const agent = new http.Agent({ keepAlive: true })

/** As it stands, dots included, which whoever follows the rules for addresses would resolve. */
async function asked(method: string, path: string): Promise<{ status: number; body: string }> {
  const { port } = test.app.server.address() as AddressInfo
  const request = http.request({ agent, port, host: '127.0.0.1', method, path }).end()
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return { status: response.statusCode!, body: await text(response) }
}

/** With dots, slashes and percent signs left as they are. */
function escapedForAddress(name: string): string {
  return name.replaceAll(/[^\x21-\x7e]|[?#]/gu, (sign) => encodeURIComponent(sign.toWellFormed()))
}
