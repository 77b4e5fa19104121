/**
 * `npm test [-- VITEST OPTIONS]`: everything that passes in minutes. Packages are built first: tests run what ships. Real
 * servers are used where the environment names some, where engines run, or where they were brought (scripts/engines).
 */
import { join } from 'node:path'
import { enginesForTests } from './engines/for-tests.js'
import { prepare, root, runTool } from './workspace.js'

prepare()
const engines = enginesForTests()
const args = ['run', ...process.argv.slice(2)]
const says = 'some tests failed'
if (engines.run) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  runTool('../scripts/engines/index.js', ['run', '--', process.execPath, vitest, ...args], { says })
} else {
  runTool('vitest/vitest.mjs', args, { says, env: engines.env })
}
