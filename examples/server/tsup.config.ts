import { defineConfig } from 'tsup'

export default defineConfig({
  // The routes are an entry of their own for the benchmark, which serves them over other parts.
  entry: { main: 'src/main.ts', 'original-routes': 'src/original/original-routes.ts' },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
})
