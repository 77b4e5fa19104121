import { defineConfig } from 'tsup'

// The worker is an entry of its own because a thread is started from a file.
export default defineConfig({
  entry: { main: 'src/main.ts', 'postgres-worker': 'src/postgres-worker.js' },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
})
