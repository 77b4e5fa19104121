/** `npm test [-- VITEST OPTIONS]`: everything that passes in minutes. Packages are built first: tests run what ships. */
import { prepare, runTool } from './workspace.js'

prepare()
runTool('vitest/vitest.mjs', ['run', ...process.argv.slice(2)], { says: 'some tests failed' })
