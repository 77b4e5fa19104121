import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.config.base.ts'

export default defineConfig({
  ...packageBuild({ 'image-recommender': 'src/image-recommender.ts' }),
  // A program, not a library: nobody imports it, so there is one format and there are no types.
  format: ['esm'],
  dts: false,
  shims: false,
})
