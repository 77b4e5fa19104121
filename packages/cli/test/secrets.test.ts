import { expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { shownAddress, withoutSecrets } from '../src/secrets.ts'
import { isLikeAddress } from '../src/settings.ts'
import { run, temporaryFolder } from './command.ts'

it('shows addresses without password and parameters', () => {
  expect(shownAddress('postgres://me:s3cret@db.example:5433/photos?sslmode=require&password=other')).toBe(
    'postgres://me:***@db.example:5433/photos',
  )
  expect(shownAddress('redis://:s3cret@cache:6379/2')).toBe('redis://:***@cache:6379/2')
  expect(shownAddress('postgres://me@db/photos')).toBe('postgres://me@db/photos')
  expect(shownAddress('redis://s3cret@cache')).toBe('redis://***@cache')
  expect(shownAddress('postgres://me:s3cret@[db/photos')).toBe('postgres://…')
})

it('crosses out what others quote of an address', () => {
  const address = 'postgres://me:s3%2Fcret@db/photos?sslpassword=0ther'
  for (const text of [address, 'no s3/cret', 'no s3%2Fcret', 'no 0ther', 'postgres://me:s3%2Fcret@db/elsewhere']) {
    expect(withoutSecrets(`It says ${text}.`, address)).not.toMatch(/cret|0ther/)
  }
  expect(withoutSecrets('no me', address)).toBe('no me')
})

it.each([
  'postgres:/me:s3cret@db/photos',
  'postgres:me:s3cret@db/photos',
  'redis:cache',
  'me:s3cret@db:5432/photos',
  '//me:s3cret@db/photos',
  'host=db user=me password=s3cret dbname=photos',
])('takes %s for a mistaken address, not for a folder', (store) => {
  expect(isLikeAddress(store)).toBe(true)
})

it.each([
  '.image-recommender',
  '/data/photos',
  './me:and@you',
  'photos 2024',
  'C:\\photos',
  'a=b',
  'redis',
  'redis://cache',
])('takes %s for what it is', (store) => {
  expect(isLikeAddress(store)).toBe(false)
})

it.each(inFull ? ['postgres', 'postgresql', 'redis', 'rediss', 'mysql'] : ['postgres'])(
  'never prints the password of a %s that cannot be reached',
  async (protocol) => {
    const folder = await temporaryFolder()
    const store = `${protocol}://me:s3cret-word@127.0.0.1:1/photos`
    for (const args of [
      ['objects', '--debug', '--store', store],
      ['objects', '--debug', `--store=${store}`],
      ['doctor', '--json', '--store', store],
      ['objects', store],
    ]) {
      const { code, out, err } = await run(args, { folder })
      expect(code).not.toBe(0)
      expect(out + err).not.toContain('s3cret')
    }
    const { code, err } = await run(['objects', '--debug'], { folder, env: { IMAGE_RECOMMENDER_STORE: store } })
    expect(code).toBe(protocol === 'mysql' ? 2 : 3)
    expect(err).toContain(`${protocol}://me:***@127.0.0.1:1/photos`)
    expect(err).not.toContain('s3cret')
  },
)
