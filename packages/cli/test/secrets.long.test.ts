import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { run, temporaryFolder } from './command.ts'

/** Every way in which somebody may write a password into an address, also where it is none then. */
const addresses = [
  'postgres://me:s3cret-word@127.0.0.1:1/photos',
  'POSTGRES://me:s3cret-word@127.0.0.1:1/photos',
  'postgres://me:s3cret%2Fword@127.0.0.1:1/photos',
  'postgres://me:a/s3cret-word@127.0.0.1:1/photos',
  'postgres://me:a@s3cret-word@127.0.0.1:1/photos',
  'postgres://me:s3cret#word@127.0.0.1:1/photos',
  'postgres://me:s3cret-word@[::1/photos',
  'postgres://me:s3cret-word@127.0.0.1:1,127.0.0.1:2/photos',
  'postgres://127.0.0.1:1/photos?user=me&password=s3cret-word',
  'postgres://127.0.0.1:1/photos?sslpassword=s3cret-word&schema=Not-A-Name',
  'redis://:s3cret-word@127.0.0.1:1',
  'redis://s3cret-word@127.0.0.1:1',
  'rediss://me:s3cret-word@127.0.0.1:1/3',
  'redis://127.0.0.1:1?password=s3cret-word',
  'mysql://me:s3cret-word@127.0.0.1/photos',
  'postgres:/me:s3cret-word@127.0.0.1:1/photos',
  'postgres:me:s3cret-word@127.0.0.1:1/photos',
  'me:s3cret-word@127.0.0.1:1/photos',
  'host=127.0.0.1 port=1 user=me password=s3cret-word dbname=photos',
]

it.each(addresses)(
  '%s: nothing that is printed has the password, and no folder is made of it',
  async (store) => {
    const folder = await temporaryFolder()
    const said = await Promise.all([
      run(['objects', '--debug', '--store', store], { folder }),
      run(['import', '--json', '--debug'], { folder, env: { IMAGE_RECOMMENDER_STORE: store } }),
      run(['doctor', '--store', store], { folder }),
    ])
    for (const { code, out, err } of said) {
      expect(code).not.toBe(0)
      expect(out + err).not.toMatch(/s3cret|%2Fword|#word/)
      expect(out + err).not.toBe('')
    }
    expect(await readdir(folder)).toEqual([])
  },
  120_000,
)
