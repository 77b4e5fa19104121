import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { run, temporaryFolder } from './command.ts'
import { startPhotoServer } from './photo-server.ts'

/** The attempts take some seconds, since real pauses are between them. */
it('stops where the network is gone, says how far it came, and goes on from there', async () => {
  const folder = await temporaryFolder()
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9)
  const names = Array.from({ length: 40 }, (_, at) => `${at}.jpg`.padStart(16, '0'))
  const server = await startPhotoServer(Object.fromEntries(names.map((name) => [name, jpeg])))
  for (const name of names.slice(10)) server.instead(name, (request) => request.socket.destroy())
  const args = ['gallery', 'coco', '--mirror', server.address, '--to', 'photos']
  const { code, out, err } = await run(args, { folder })
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toMatch(
    /^error DOWNLOAD_FAILED: Nothing comes from http:\S+ any more, and 10 of 40 photos are in photos: The connection broke: .+\. The same command goes on from there\.\n$/,
  )
  // Of the thirty that are gone, eight are asked for in vain, and those that took their places.
  expect(new Set(server.asked).size).toBeLessThanOrEqual(10 + 8 + 7)
  for (const name of names) server.instead(name)
  expect((await run([...args, '--json'], { folder })).json()).toMatchObject({ added: 30, unchanged: 10, failed: [] })
  server.close()
  await rm(folder, { recursive: true, force: true })
})
