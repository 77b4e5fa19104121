import { expect, it } from 'vitest'
import { withoutPasswords } from '../src/passwords.ts'

it.each([
  ['postgres://me:s3cret@db:5432/app', 'postgres://…@db:5432/app'],
  ['redis://:s3cret@cache/0', 'redis://…@cache/0'],
  ['postgres://s3cret@db', 'postgres://…@db'],
  ['postgres://me:s3/cr@et@db/app', 'postgres://…@db/app'],
  ['postgres://me:s3?cret#@db/app', 'postgres://…@db/app'],
  ['postgres://db/app?user=me&password=s3cret&sslmode=off', 'postgres://db/app?user=me&password=…&sslmode=off'],
  ['postgres://db/app?sslpassword=s3cret', 'postgres://db/app?sslpassword=…'],
  ['redis://cache?access_token=s3cret', 'redis://cache?access_token=…'],
  ["host=db user=me password='s3 cret' dbname=app", 'host=db user=me password=… dbname=app'],
  ['host=db password = s3cret dbname=app', 'host=db password = … dbname=app'],
  ['both postgres://a:s3cret@b and redis://c:s3cret@d fail', 'both postgres://…@b and redis://…@d fail'],
])('%s is shown as %s', (text, shown) => {
  expect(withoutPasswords(text)).toBe(shown)
})

it.each([
  'password authentication failed for user "me"',
  'WRONGPASS invalid username-password pair or user is disabled.',
  'connect ECONNREFUSED 127.0.0.1:5432',
  'see https://example.org/a?b=c',
])('%s is shown as it is', (text) => {
  expect(withoutPasswords(text)).toBe(text)
})
