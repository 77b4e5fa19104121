import { resolve } from 'node:path'
import type { ModelSource } from './model-bytes.ts'

/** A file of which nothing is known but where it is. */
export function ownFile(path: string, remedy: string): ModelSource {
  return { path: resolve(path), bytes: null, sha256: null, remedy }
}
