/**
 * `npm test [-- VITEST OPTIONS]`: the tests that pass in minutes; `npm run test:long` has the rest. Packages are built first: tests run what
 * ships. Real servers are used where the environment names some, where engines run, or where they were brought (scripts/engines): one of each
 * kind, the newest. `npm run test:engines` has the others.
 */
import { join } from 'node:path'
import { enginesForTests } from './engines/for-tests.js'
import { prepare, root, runTool } from './workspace.js'

prepare()
process.env.TEST_ENGINES ??= 'newest'
const projects = process.env.TEST_PROJECTS?.split(',') ?? ['tests', 'holders']
const engines = enginesForTests()
const args = ['run', ...projects.map((name) => `--project=${name}`), ...process.argv.slice(2)]
const says = 'some tests failed'
if (engines.run) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  runTool('../scripts/engines/index.js', ['run', '--', process.execPath, vitest, ...args], { says })
} else {
  runTool('vitest/vitest.mjs', args, { says, env: engines.env })
}
