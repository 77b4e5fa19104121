import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What was found at some time, and is tried since: images in every run of `npm test`, requests in every run of `npm run fuzz`. */
const kept = fileURLToPath(new URL('finds/', import.meta.url))
/** What a run finds. */
const found = fileURLToPath(new URL('../../artifacts/fuzz/', import.meta.url))

export type Kind = 'images' | 'requests'

export async function keptFinds(kind: Kind): Promise<{ name: string; bytes: Buffer }[]> {
  const folder = join(kept, kind)
  const names = (await readdir(folder).catch(() => [])).sort()
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })))
}

/** Leaves it where it can be looked at. @returns the file */
export async function writeFind(kind: Kind, name: string, bytes: Buffer): Promise<string> {
  await mkdir(join(found, kind), { recursive: true })
  const path = join(found, kind, name)
  await writeFile(path, bytes)
  return path
}
