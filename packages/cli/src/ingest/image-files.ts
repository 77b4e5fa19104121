import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import sharp from 'sharp'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-code.ts'

export interface ImageFile {
  /** Where it is below the folder, with `/` on every system. */
  readonly id: string
  readonly path: string
}

export interface ImageFiles {
  /** In the order of their ids. */
  readonly files: readonly ImageFile[]
  /** Folders below that could not be looked into. */
  readonly unreadable: readonly { readonly id: string; readonly error: Error }[]
}

const EXTENSIONS = new Set(
  ['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'gif', 'avif', 'heic', 'heif', 'tif', 'tiff'].map((name) => `.${name}`),
)
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'tiff'])

/**
 * All images in a folder and below: by their extension, and where a name has none, by their content. Links are not followed, since they can
 * lead in circles; what is hidden is left out, and so is the folder `except`.
 *
 * @throws CommandError `FOLDER_NOT_FOUND`
 */
export async function imageFilesIn(folder: string, except: string, signal: AbortSignal): Promise<ImageFiles> {
  const files: ImageFile[] = []
  const unreadable: { id: string; error: Error }[] = []

  async function walk(path: string, prefix: string): Promise<void> {
    for (const entry of await entriesOf(path, prefix)) {
      signal.throwIfAborted()
      if (entry.name.startsWith('.')) continue
      const [below, id] = [join(path, entry.name), prefix + entry.name]
      if (entry.isDirectory()) {
        if (resolve(below) !== except) await walk(below, `${id}/`)
      } else if (entry.isFile() && (await isImage(below))) files.push({ id, path: below })
    }
  }

  async function entriesOf(path: string, prefix: string): Promise<Dirent[]> {
    try {
      return await readdir(path, { withFileTypes: true })
    } catch (error) {
      if (prefix === '') throw notFound(folder, error as NodeJS.ErrnoException)
      unreadable.push({ id: prefix, error: error as Error })
      return []
    }
  }

  await walk(folder, '')
  return { files: files.sort((a, b) => (a.id < b.id ? -1 : 1)), unreadable }
}

async function isImage(path: string): Promise<boolean> {
  const extension = extname(path).toLowerCase()
  if (extension !== '') return EXTENSIONS.has(extension)
  const format = await sharp(path)
    .metadata()
    .then((metadata) => metadata.format)
    .catch(() => undefined)
  return format !== undefined && FORMATS.has(format)
}

function notFound(folder: string, cause: NodeJS.ErrnoException): CommandError {
  const reasons: Record<string, string> = { ENOENT: 'is not there', ENOTDIR: 'is no folder', EACCES: 'may not be read' }
  const reason = reasons[cause.code ?? ''] ?? `cannot be read (${cause.code ?? cause.message})`
  return new CommandError('FOLDER_NOT_FOUND', `The folder ${folder} ${reason}. Give a folder with images.`, {
    exitCode: exitCodes.usage,
    cause,
  })
}
