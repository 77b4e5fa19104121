/**
 * Brings a fresh clone to where its commands can run: Node is checked, dependencies are installed by the pinned pnpm, and
 * what is stale is built. Needs nothing but Node and npm. Whatever is up to date is not done again.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const { packageManager, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

export function prepare() {
  checkNode()
  install()
  build()
}

/** Runs an installed tool in the foreground; ends this process with its exit code where it fails. */
export function runTool(tool, args, { says, folder = '.', env = {} }) {
  run(process.execPath, [join(root, 'node_modules', tool), ...args], { says, folder, env })
}

function run(program, args, { says, folder = '.', env = {} }) {
  const result = spawnSync(program, args, {
    cwd: join(root, folder),
    stdio: 'inherit',
    env: { ...process.env, ...env },
    // On Windows npx is a script, which only a shell can start.
    shell: process.platform === 'win32' && program === 'npx',
  })
  if (result.error) fail(`${says}: ${result.error.message}`)
  if (result.status !== 0) fail(says, result.status ?? 1)
}

function fail(message, code = 1) {
  console.error(`\n✗ ${message}`)
  process.exit(code)
}

function step(message) {
  console.log(`› ${message}`)
}

function checkNode() {
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(engines.node)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === Number(major) && ownMinor >= minor)) return
  fail(`Node ${engines.node.slice(2)} or newer is needed; this is ${process.versions.node}. See https://nodejs.org`)
}

/** pnpm writes this file last, so whatever is older than the lockfile was not installed from it. */
function install() {
  const done = join(root, 'node_modules/.modules.yaml')
  if (existsSync(done) && modified(done) >= modified(join(root, 'pnpm-lock.yaml'))) return
  step(`Installing dependencies with ${packageManager} (once, about half a minute)`)
  const args = ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn']
  run('npx', args, { says: 'the dependencies could not be installed; is the npm registry within reach?' })
}

function build() {
  for (const folder of [
    'packages/core',
    'packages/store-postgres',
    'packages/store-redis',
    'packages/index-hnsw',
    'packages/server',
    'packages/cli',
    'examples/server',
  ]) {
    const output = join(root, folder, 'dist')
    const inputs = ['src', 'package.json', 'tsup.config.ts'].map((name) => join(root, folder, name))
    const built = existsSync(output) ? Math.min(...files(output).map(modified)) : Number.NEGATIVE_INFINITY
    if (built > Math.max(...inputs.flatMap(files).map(modified))) continue
    step(`Building ${folder}`)
    runTool('tsup/dist/cli-default.js', ['--silent'], {
      says: `${folder} could not be built`,
      folder,
      env: { SKIP_DTS: '1' },
    })
  }
}

function files(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

function modified(path) {
  return statSync(path).mtimeMs
}
