/**
 * `npm run check:size`: what the main entry of core costs whoever bundles it, compressed and without zod, which most have already; and that
 * no native code is reached from there. What it loads later, the exact index of whoever brings no other, is told beside it.
 */
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './workspace.js'

const MOST_KB = 25

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['packages/core/dist/index.js'],
  ...{ bundle: true, minify: true, write: false, metafile: true, format: 'esm', platform: 'node', target: 'node20' },
  external: ['zod', 'sharp', 'onnxruntime-node'],
  outdir: 'nowhere',
  logLevel: 'error',
  splitting: true,
})

const outputs = new Map(Object.entries(metafile.outputs))
const unwelcome = [...outputs.values()]
  .flatMap(({ imports }) => imports)
  .filter(({ path, external }) => external && path !== 'zod' && !isBuiltin(path))
if (unwelcome.length > 0)
  throw new Error(`The main entry of core reaches ${unwelcome.map(({ path }) => path).join(', ')}.`)

const atOnce = loadedWith('nowhere/index.js')
const later = [...outputs.keys()].filter((path) => !atOnce.has(path))
const most = tell('core without zod', atOnce)
tell('the exact index, loaded where no other is given', later)
console.log(`of ${MOST_KB} kB by brotli at most for the first`)
if (most > MOST_KB) throw new Error(`The main entry of core has grown over ${MOST_KB} kB.`)

/** What is loaded when a file is: itself, and what it imports at its top. */
function loadedWith(path, loaded = new Set()) {
  if (loaded.has(path)) return loaded
  loaded.add(path)
  for (const { path: imported, kind } of outputs.get(path).imports) {
    if (kind === 'import-statement' && outputs.has(imported)) loadedWith(imported, loaded)
  }
  return loaded
}

/** @returns kilobytes by brotli */
function tell(what, paths) {
  const contents = Buffer.concat(
    outputFiles.filter(({ path }) => [...paths].some((name) => path === join(root, name))).map((file) => file.contents),
  )
  const brotli = brotliCompressSync(contents).length / 1000
  const gzip = gzipSync(contents, { level: 9 }).length / 1000
  console.log(
    `${what}: ${(contents.length / 1000).toFixed(1)} kB, ${gzip.toFixed(1)} kB by gzip, ${brotli.toFixed(1)} kB by brotli`,
  )
  return brotli
}
