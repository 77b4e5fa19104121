/** Programs that must succeed: what they have printed, or an error with it. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../workspace.js'

const execute = promisify(execFile)
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

export async function run(program, args, { folder, env = {} }) {
  try {
    const { stdout } = await execute(program, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      maxBuffer: 1e8,
      timeout: 300_000,
    })
    return stdout
  } catch (error) {
    throw new Error(`In ${folder}, this failed:\n  ${program} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`)
  }
}

export const npm = (args, options) => run('npm', args, options)
export const pnpm = (args, options) => run('npx', ['--yes', packageManager, ...args], options)
