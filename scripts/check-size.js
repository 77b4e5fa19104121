/**
 * `npm run check:size`: what the main entry of core costs whoever bundles it, compressed and without zod, which most have already; and that
 * no native code is reached from there.
 */
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './workspace.js'

/** 25 is what we want; what holds it up is the exact index, which is half of it. Until then it does not grow. */
const MOST_KB = 42

const { outputFiles, metafile } = await build({
  entryPoints: [join(root, 'packages/core/dist/index.js')],
  ...{ bundle: true, minify: true, write: false, metafile: true, format: 'esm', platform: 'node', target: 'node20' },
  external: ['zod', 'sharp', 'onnxruntime-node'],
  outdir: 'nowhere',
  splitting: true,
})
const [entry, ...chunks] = outputFiles
if (chunks.length > 0) throw new Error('The main entry of core loads something later on, which is not measured here.')

const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path))
const unwelcome = imports.filter((path) => path !== 'zod' && !isBuiltin(path))
if (unwelcome.length > 0) throw new Error(`The main entry of core reaches ${unwelcome.join(', ')}.`)

const kilobytes = (bytes) => bytes.length / 1000
const [whole, zipped, brotli] = [
  entry.contents,
  gzipSync(entry.contents, { level: 9 }),
  brotliCompressSync(entry.contents),
]
console.log(
  `core without zod: ${kilobytes(whole).toFixed(1)} kB, ${kilobytes(zipped).toFixed(1)} kB by gzip, ${kilobytes(brotli).toFixed(1)} kB by brotli, of ${MOST_KB} kB at most`,
)
if (kilobytes(brotli) > MOST_KB) throw new Error(`The main entry of core has grown over ${MOST_KB} kB.`)
