/** `npm test [-- VITEST OPTIONS]`: everything that passes in minutes. Packages are built first: tests run what ships. */
import { prepare, run } from './workspace.js'

prepare()
run('npx', ['vitest', 'run', ...process.argv.slice(2)], { says: 'some tests failed' })
