import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder, which goes with the test. */
export function testFolder(): { folder: string; path: string; files: () => string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'index-hnsw-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, path: join(folder, 'index.snapshot'), files: () => readdirSync(folder).sort() }
}
