import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'tsup'

/**
 * What sources of core export that no entry of it does, bundled into a temporary folder.
 *
 * @param files name → file within packages/core/src
 */
export async function bundled(files) {
  const outDir = mkdtempSync(join(tmpdir(), 'bundled-'))
  const sources = fileURLToPath(new URL('../../packages/core/src/', import.meta.url))
  try {
    const entry = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(sources, file)]))
    const outExtension = () => ({ js: '.mjs' })
    await build({ entry, outDir, outExtension, format: 'esm', target: 'node20', config: false, silent: true })
    const built = Object.keys(entry).map((name) => pathToFileURL(join(outDir, `${basename(name)}.mjs`)).href)
    return Object.assign({}, ...(await Promise.all(built.map((file) => import(file)))))
  } finally {
    rmSync(outDir, { recursive: true })
  }
}
