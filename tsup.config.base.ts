import type { Options } from 'tsup'

/** What every published package is built with: ESM and CommonJS, each with its own types. */
export function packageBuild(entry: Record<string, string>): Options {
  return {
    entry,
    format: ['esm', 'cjs'],
    target: 'node20',
    platform: 'node',
    splitting: true,
    sourcemap: true,
    clean: true,
    shims: true,
    // Type declarations take longer than everything else; `npm start` and `npm test` do not need them.
    dts: process.env.SKIP_DTS !== '1',
  }
}
