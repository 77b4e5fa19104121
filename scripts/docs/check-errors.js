import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace.js'

/** docs/errors.md has one heading for each code that the library and the server know, and no other. */
export function checkErrors() {
  const page = read('docs/errors.md')
  const headings = [...page.matchAll(/^### (\S+)$/gm)].map(([, code]) => code)
  const library = codesIn(read('packages/core/src/errors.ts'), /^ {2}'([A-Z_]+)',$/gm)
  const server = readdirSync(join(root, 'packages/server/src'), { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(join('packages/server/src', path)))
    .flatMap((source) => codesIn(source, /new HttpError\(\s*\d+,\s*'([A-Z_]+)'|\bcode: '([A-Z_]+)'/g))
  const codes = [...new Set([...library, ...server])]

  const missing = codes.filter((code) => !headings.includes(code))
  const unknown = headings.filter((code) => !codes.includes(code))
  if (missing.length > 0) throw new Error(`docs/errors.md has no heading for ${missing.join(', ')}.`)
  if (unknown.length > 0)
    throw new Error(`docs/errors.md has a heading for ${unknown.join(', ')}, which nothing throws.`)
  if (new Set(headings).size < headings.length) throw new Error('docs/errors.md has a heading twice.')
  return headings.length
}

function codesIn(source, pattern) {
  return [...source.matchAll(pattern)].map(([, ...groups]) => groups.find((code) => code !== undefined))
}

function read(path) {
  return readFileSync(join(root, path), 'utf8')
}
