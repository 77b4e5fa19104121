import { symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { testApp } from '../test-app.ts'

it('never gives a file from elsewhere, whatever the name', async () => {
  const test = await testApp()
  await writeFile(join(test.uploads, 'secret.txt'), 'secret\n')
  await writeFile(join(test.uploads, 'secret.png'), 'secret\n')
  const link = '00000000-0000-4000-8000-000000000000.png'
  await symlink(join(test.uploads, 'secret.txt'), join(test.uploads, link))
  const names = [
    link,
    'secret.txt',
    'secret.png',
    `..%2f${basename(test.uploads)}%2fsecret.png`,
    '../secret.txt',
    '..%2fsecret.txt',
    '%2e%2e%2fsecret.txt',
    '..%5csecret.txt',
    '%2fetc%2fpasswd',
    'secret.txt%00.png',
    '%2e',
    'CON',
    `${'a'.repeat(400)}.png`,
    '__proto__',
    'constructor.constructor',
    '%F0%9F%90%B6.png',
    '//etc/passwd',
    '%',
    '%ff',
    encodeURIComponent(join(test.uploads, 'secret.txt')),
  ]
  const routes = ['/v1/images/*', '/v1/images/*/file', '/v1/images/*/thumbnail', '/v1/images/*/similar', '/static/*']
  for (const route of routes) {
    for (const name of names) {
      const response = await test.inject(route.replace('*', name))
      expect([400, 403, 404, 414], `${route} ${name}`).toContain(response.statusCode)
      expect(response.body).not.toContain('secret\n')
      expect(response.body).not.toContain(test.uploads)
    }
  }
  expect(test.reported).toEqual([])
  await test.close()
})
