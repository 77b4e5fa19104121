import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { mirror } from '../mirror.js'

const folders = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function etc(files, release = 'ID=debian\nVERSION_CODENAME=bookworm\n') {
  const folder = mkdtempSync(join(tmpdir(), 'etc-'))
  folders.push(folder)
  for (const [name, text] of Object.entries({ 'os-release': release, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const LIST = 'apt/sources.list'
const STANZAS = 'apt/sources.list.d/debian.sources'

test('finds the mirror in a line, behind comments, options and security updates', () => {
  const text = [
    '# deb http://commented.example/debian bookworm main',
    'deb-src http://sources.example/debian bookworm main',
    'deb http://security.example/debian-security bookworm main',
    'deb http://updates.example/debian bookworm-updates main',
    'deb [arch=amd64 signed-by=/x.gpg] https://mirror.example/debian/ bookworm main contrib # ours',
    'deb http://later.example/debian bookworm main',
  ]
  assert.equal(mirror(etc({ [LIST]: text.join('\n') })), 'https://mirror.example/debian')
})

test('finds the mirror in a stanza, past those that are for others or turned off', () => {
  const text = `Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

# where we are
Types: deb deb-src
URIs:
 http://mirror.example/debian
 http://second.example/debian
Suites: bookworm
# not yet
 bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 Suites: nothing
`
  assert.equal(mirror(etc({ [STANZAS]: text })), 'http://mirror.example/debian')
})

test('takes the mirror of all Debian where the machine names none that debootstrap understands', () => {
  const publicMirror = 'http://deb.debian.org/debian'
  assert.equal(mirror(etc({})), publicMirror)
  assert.equal(mirror(etc({ [LIST]: 'deb mirror+file:/etc/mirrors bookworm main' })), publicMirror)
  assert.equal(
    mirror(etc({ 'apt/sources.list.d/off.list.disabled': 'deb http://x.example/ bookworm main' })),
    publicMirror,
  )
})

test('leaves the mirrors of another distribution alone', () => {
  const ubuntu = etc({ [LIST]: 'deb http://ubuntu.example/ubuntu noble main' }, 'ID=ubuntu\nVERSION_CODENAME=noble\n')
  assert.equal(mirror(ubuntu), 'http://deb.debian.org/debian')
})
