import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../page/', import.meta.url))
const files = (await readdir(folder, { recursive: true })).sort()
const modules = files.filter((name) => name.endsWith('.js'))
const sheets = files.filter((name) => name.endsWith('.css'))
const read = (name: string) => readFile(folder + name, 'utf8')
const document = await read('index.html')

it('its script is 60 kB at most, compressed as it is sent, file by file', async () => {
  const sizes = await Promise.all(modules.map(async (name) => gzipSync(await read(name)).length))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000)
})

it('the document names every module and every sheet, so that all of them come at once', () => {
  const named = (pattern: RegExp) => [...document.matchAll(pattern)].map(([, name]) => name).sort()
  const preloaded = named(/rel="modulepreload" href="\/static\/([^"]+)"/g)
  expect([...preloaded, 'app.js'].sort()).toEqual(modules)
  expect(named(/rel="stylesheet" href="\/static\/([^"]+)"/g)).toEqual(sheets)
})

it('nothing in it comes from elsewhere, and nothing is written into attributes', async () => {
  expect(document).not.toMatch(
    /\son[a-z]+=|\sstyle=|<style|<script(?! type="module" src="\/static\/app\.js"><\/script>)/,
  )
  for (const name of ['index.html', ...modules, ...sheets]) {
    // The one name that is an address is no place to load from.
    expect((await read(name)).replaceAll('http://www.w3.org/2000/svg', ''), name).not.toMatch(/https?:\/\//)
  }
})
