/** The Nodes that are supported: the one that runs this, and the others from npm, where they are packages. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { npm, run } from './running.js'

const SUPPORTED = [20, 22, 24, 26]

/** @returns `{ version, path }` of each */
export async function bringNodes(within) {
  const own = Number(process.versions.node.split('.')[0])
  const nodes = []
  for (const major of SUPPORTED) {
    const path = major === own ? process.execPath : await bring(within, major)
    nodes.push({ version: (await run(path, ['--version'], { folder: within })).trim(), path })
  }
  return nodes
}

async function bring(within, major) {
  const folder = join(within, `node-${major}`)
  await mkdir(folder)
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--prefer-offline']
  await npm(['install', ...quiet, '--prefix', folder, `${name}@${major}`], { folder })
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}
