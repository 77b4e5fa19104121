/**
 * `npm run fuzz [-- --images 50000 --requests 50000 --seed 7]`: gives so many changed images and so many changed requests to a server. What breaks it
 * is written to artifacts/fuzz/; move it to tests/fuzz/finds/, from where it is tried ever after. The seed, which a run prints, repeats it.
 */
import { parseArgs } from 'node:util'
import { prepare, runTool } from './workspace.js'

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '50000' },
    requests: { type: 'string', default: '50000' },
    seed: { type: 'string' },
  },
})
prepare()
runTool('vitest/vitest.mjs', ['run', '--project=long', 'tests/fuzz'], {
  says: 'something was found; see artifacts/fuzz/',
  env: {
    FUZZ_IMAGES: values.images,
    FUZZ_REQUESTS: values.requests,
    ...(values.seed !== undefined && { FUZZ_SEED: values.seed }),
  },
})
