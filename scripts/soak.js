/** `npm run soak [-- --minutes 20]`: adds, searches and deletes images in a real server, and prints how its memory goes. */
import { parseArgs } from 'node:util'
import { prepare, runTool } from './workspace.js'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '20' } } })
prepare()
runTool('vitest/vitest.mjs', ['run', '--project=long', 'tests/soak'], {
  says: 'the soak failed',
  env: { SOAK_MINUTES: values.minutes },
})
