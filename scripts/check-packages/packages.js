/** What is published: every package of packages/, with the names that it may be imported by. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace.js'

export const packages = readdirSync(join(root, 'packages')).map((name) => {
  const folder = join(root, 'packages', name)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const paths = Object.keys(manifest.exports).filter((path) => path !== './package.json')
  return { name: manifest.name, folder, manifest, entries: paths.map((path) => join(manifest.name, path)) }
})

/** A command line alone has none. */
export const entries = packages.flatMap(({ entries }) => entries)
