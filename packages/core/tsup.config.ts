import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.config.base.ts'

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    detr: 'src/detr/index.ts',
    'detr-worker': 'src/detr/worker.ts',
    embedding: 'src/embedding/index.ts',
    'embedding-worker': 'src/embedding/worker.ts',
    'exact-index': 'src/exact-index/index.ts',
    'mask-rcnn': 'src/mask-rcnn/index.ts',
    'mask-rcnn-worker': 'src/mask-rcnn/worker.ts',
    parts: 'src/parts/index.ts',
    testing: 'src/testing/index.ts',
  }),
)
