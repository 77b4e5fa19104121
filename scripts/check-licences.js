/**
 * `npm run check:licences [-- --write]`: which licences the dependencies of what we publish have, as listed in docs/licences.md. A licence
 * that asks more of users than to be named is refused.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.js'

/** LGPL: libvips, which sharp loads as a library of its own that may be replaced. */
const ALLOWED = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
  'CC0-1.0',
  'Unlicense',
  'LGPL-3.0-or-later',
]
/** There is one for each system, and only that of this machine is here. */
const OF_A_SYSTEM = /-(linux|linuxmusl|darwin|win32|freebsd|wasm32)(-|$)/
const list = join(root, 'docs/licences.md')

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const args = [
  '--yes',
  packageManager,
  'licenses',
  'list',
  '--prod',
  '--json',
  '--recursive',
  '--filter',
  './packages/*',
]
const byLicence = JSON.parse(execFileSync('npx', args, { cwd: root, encoding: 'utf8', maxBuffer: 1e8 }))

const rows = []
for (const [licence, packages] of Object.entries(byLicence)) {
  const allowed = licence
    .replaceAll(/[()]/g, '')
    .split(/ OR /)
    .some((one) => one.split(' AND ').every((each) => ALLOWED.includes(each)))
  for (const { name, homepage } of packages) {
    if (!allowed) throw new Error(`${name} is under ${licence}, of which check-licences.js knows nothing.`)
    rows.push({ name: name.replace(OF_A_SYSTEM, '-SYSTEM$2').replace(/SYSTEM-\w+$/, 'SYSTEM'), licence, homepage })
  }
}
const unique = [...new Map(rows.map((row) => [row.name, row])).values()].sort((a, b) => (a.name < b.name ? -1 : 1))
const text = `# Licences

What is installed with our packages, all optional parts included, and under which licence. Made by \`npm run check:licences -- --write\`.

| package | licence |
|---|---|
${unique.map(({ name, licence, homepage }) => `| ${homepage ? `[${name}](${homepage})` : name} | ${licence} |`).join('\n')}
`
if (process.argv.includes('--write')) writeFileSync(list, text)
else if (readFileSync(list, 'utf8') !== text)
  throw new Error(
    'docs/licences.md is not what is installed. Look at what is new, then: npm run check:licences -- --write',
  )
console.log(
  `${unique.length} dependencies, of ${new Set(unique.map(({ licence }) => licence)).size} licences, all allowed`,
)
