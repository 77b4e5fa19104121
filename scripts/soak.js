/** `npm run soak [-- --minutes 20]`: a real server, to which images are added, in which they are searched and deleted, and its memory over time. */
import { parseArgs } from 'node:util'
import { prepare, runTool } from './workspace.js'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '20' } } })
prepare()
runTool('vitest/vitest.mjs', ['run', '--project=long', 'tests/soak'], {
  says: 'the soak failed',
  env: { SOAK_MINUTES: values.minutes },
})
