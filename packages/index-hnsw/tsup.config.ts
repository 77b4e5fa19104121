import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.config.base.ts'

export default defineConfig({
  ...packageBuild({ index: 'src/index.ts', 'hnsw-worker': 'src/thread/worker.ts' }),
  // tsup takes in what is no dependency or peer, which an optional dependency is not to it; native code cannot be bundled.
  external: ['hnswlib-node'],
})
