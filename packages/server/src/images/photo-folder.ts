import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import { messageOf, StartError, systemCode } from '../service/start-error.ts'
import { imageKindOfName } from './image-kind.ts'

/** A photo of a folder and the name under which it is known: an id that says nothing of where the file lies. */
export interface Photo {
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * All images in a folder and below, in the order of their names. Links are not followed, hidden files and folders are
 * left out. The same file has the same name every time.
 *
 * @throws StartError where there is no such folder, or it cannot be read
 */
export async function readPhotoFolder(folder: string): Promise<Photo[]> {
  const files: Photo[] = []
  try {
    const root = await realpath(folder)
    for await (const path of imagePaths(root)) {
      const { size, mtimeMs } = await stat(path)
      files.push({ name: nameFor(relative(root, path)), path, bytes: size, modified: Math.trunc(mtimeMs) })
    }
  } catch (error) {
    throw new StartError(`${systemCode(error) ?? messageOf(error)}: cannot read the images in ${folder}.`)
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function* imagePaths(folder: string): AsyncGenerator<string> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true })
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* imagePaths(path)
    else if (entry.isFile() && imageKindOfName(entry.name) !== undefined) yield path
  }
}

function nameFor(path: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.[A-Za-z]+$/.test(path)) return path
  const extension = extname(path)
  const readable = basename(path, extension)
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 60)
  const unique = createHash('sha256').update(path.split(sep).join('/')).digest('hex').slice(0, 12)
  return `${readable === '' ? 'image' : readable}-${unique}${extension.toLowerCase()}`
}
