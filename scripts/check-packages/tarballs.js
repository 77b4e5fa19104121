/** Packs every package as it would be published, and looks at what is in it. */
import { mkdir } from 'node:fs/promises'
import { packages } from './packages.js'
import { pnpm, run } from './running.js'

/** npm runs these on the machine of whoever installs a package. */
const RUN_AT_INSTALL = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare']

/** @returns the path of each tarball, by the name of its package */
export async function pack(folder) {
  await mkdir(folder)
  const paths = {}
  for (const { name, folder: source } of packages) {
    const { filename } = JSON.parse(await pnpm(['pack', '--json', '--pack-destination', folder], { folder: source }))
    await checkContent(name, filename)
    paths[name] = filename
  }
  return paths
}

async function checkContent(name, path) {
  const files = (await run('tar', ['--list', '--file', path], { folder: '.' })).trim().split('\n')
  const manifest = JSON.parse(
    await run('tar', ['--extract', '--to-stdout', '--file', path, 'package/package.json'], { folder: '.' }),
  )
  const wrong = (what) => {
    throw new Error(`${name}, as it would be published: ${what}`)
  }
  for (const script of RUN_AT_INSTALL) if (manifest.scripts?.[script]) wrong(`has a script ${script}.`)
  // Where there is one, npm compiles by it unasked.
  if (files.includes('package/binding.gyp')) wrong('has a binding.gyp.')
  if (manifest.sideEffects !== false) wrong('does not say that it has no side effects.')
  for (const [dependency, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies }))
    if (/^(workspace|file|link|git|https?):/.test(range)) wrong(`depends on ${dependency} at ${range}.`)
  for (const file of ['LICENSE', 'README.md', 'package.json'])
    if (!files.includes(`package/${file}`)) wrong(`has no ${file}.`)
  for (const file of files) {
    if (/^package\/(src|test)\//.test(file)) wrong(`has ${file}.`)
    if (/^package\/dist\/.*\.c?js$/.test(file) && !files.includes(`${file}.map`)) wrong(`has no source map of ${file}.`)
  }
}
