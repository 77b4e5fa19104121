import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.config.base.ts'

// The database's thread is an entry of its own because a thread is started from a file.
export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    service: 'src/service/index.ts',
    'postgres-worker': 'src/service/postgres-worker.js',
  }),
)
