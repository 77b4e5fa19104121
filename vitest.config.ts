import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/**
 * Tests that hold transactions open. While one that writes is open anywhere on a server, the feeds of all its databases are held
 * back, and a test of a feed that runs meanwhile would miss what it waits for.
 */
const holders = ['late-commit', 'listening', 'bad-days', 'lost-connections'].map(
  (name) => `packages/store-postgres/test/${name}.test.ts`,
)
/** What is more of the same, or takes its time: `npm run test:long`. */
const long = '**/*.long.test.ts'
const all = ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'tests/**/*.test.ts']
/** What does a part of its work in `npm test`, and all of it there: whoever imports `inFull`. */
const twice = ['packages', 'examples']
  .flatMap(testsIn)
  .filter((path) => /\/in-full\.ts'/.test(readFileSync(path, 'utf8')))
const common = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } }

export default defineConfig({
  test: {
    // Tests wait for servers, threads and other processes more than they compute.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      {
        test: {
          ...common,
          name: 'tests',
          include: all,
          exclude: [long, ...holders, '**/node_modules/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'long',
          include: [long, ...twice],
          env: { TEST_EXTENT: 'full' },
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...common, name: 'holders', include: holders, sequence: { groupOrder: 1 }, fileParallelism: false } },
    ],
  },
})

function testsIn(folder: string): string[] {
  const root = fileURLToPath(new URL(folder, import.meta.url))
  return readdirSync(root)
    .flatMap((name) => filesBelow(join(folder, name, 'test')))
    .filter((path) => path.endsWith('.test.ts'))
}

function filesBelow(folder: string): string[] {
  const root = new URL(`${folder}/`, import.meta.url)
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
}
