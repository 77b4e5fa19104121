import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.config.base.ts'

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    'mask-rcnn': 'src/mask-rcnn/index.ts',
    'mask-rcnn-worker': 'src/mask-rcnn/thread/worker.ts',
    parts: 'src/parts/index.ts',
    testing: 'src/testing/index.ts',
  }),
)
