import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { root } from '../workspace.js'
import { codeBlocks } from './code-blocks.js'

const run = promisify(execFile)
const line = /^[01]\.\d\d {2}[\w-]+\.webp {2}(because of|lacks) [\w ,]+$/

/** What each program of docs/start.md must print. */
const expected = {
  'index.mjs': [/^40 added, 0 failed$/, /^[\w-]+\.webp shows [\w ,]+$/, line],
  'keep.mjs': [/^40 added, 0 unchanged$/, /^\{$/],
  'more.mjs': [line, line],
}

/**
 * Runs the programs of docs/start.md one after the other as their readers do, in a folder with photos, over the packages as built. Only
 * what `pullModel` brings is another: the demo's model, since the real one would have to be fetched.
 */
export async function runStart(folder) {
  const home = join(folder, 'start')
  mkdirSync(join(home, 'photos'), { recursive: true })
  const gallery = join(root, 'tools/demo-model/gallery')
  const drawings = readdirSync(gallery).filter((name) => name.endsWith('.webp'))
  for (const name of drawings.slice(0, 40)) copyFileSync(join(gallery, name), join(home, 'photos', name))

  const programs = codeBlocks(readFileSync(join(root, 'docs/start.md'), 'utf8'))
  for (const { name, code } of programs) {
    writeFileSync(join(home, name), code)
    const lines = await outputOf(home, name)
    for (const [at, pattern] of expected[name].entries()) {
      if (!pattern.test(lines[at] ?? '')) throw new Error(`${name} of docs/start.md prints ${JSON.stringify(lines)}.`)
    }
  }
  const again = await outputOf(home, 'keep.mjs')
  if (again[0] !== '0 added, 40 unchanged') throw new Error(`keep.mjs describes images again: ${again[0]}`)
  return programs.length
}

async function outputOf(cwd, name) {
  const offline = pathToFileURL(join(root, 'examples/quickstart/offline.js')).href
  const { stdout, stderr } = await run(process.execPath, ['--import', offline, name], { cwd })
  if (stderr !== '') throw new Error(`${name} of docs/start.md complains: ${stderr}`)
  return stdout.trim().split('\n')
}
