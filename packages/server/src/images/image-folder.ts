import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageFiles, StoredFile } from './image-files.ts'
import { imageKindOfName } from './image-kind.ts'
import type { Photo } from './photo-folder.ts'

const uploadName = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:jpg|png|webp|gif|avif)$/
// A pipe must not hold the server up, and a link not lead it elsewhere. Windows knows neither flag.
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

export interface ImageFolderOptions {
  /** Where uploads are kept; it must be there. Several processes may share it. */
  readonly uploads: string
  /** Photos that are shown beside them and only read. */
  readonly photos?: readonly Photo[] | undefined
}

/** Images in a folder, an upload each under a generated name. */
export async function openImageFolder({ uploads, photos = [] }: ImageFolderOptions): Promise<ImageFiles> {
  const collected = new Map(photos.map((photo) => [photo.name, photo]))
  await removeUnfinished(uploads)

  function pathOf(name: string): string | undefined {
    return collected.get(name)?.path ?? (uploadName.test(name) ? join(uploads, name) : undefined)
  }

  /** What `use` makes of the open file; `undefined` where nothing can be opened, whatever keeps it from that. */
  async function opened<T>(name: string, use: (handle: FileHandle, file: StoredFile) => T | Promise<T>) {
    const path = pathOf(name)
    const handle = path === undefined ? undefined : await open(path, readOnly).catch(() => undefined)
    if (handle === undefined) return undefined
    try {
      const found = await handle.stat()
      return found.isFile() ? await use(handle, storedFile(name, found)) : undefined
    } finally {
      await handle.close()
    }
  }

  function storedFile(
    name: string,
    { size, mtimeMs }: { readonly size: number; readonly mtimeMs: number },
  ): StoredFile {
    return {
      name,
      kind: imageKindOfName(name)!,
      bytes: size,
      version: `${size}-${Math.trunc(mtimeMs)}`,
      modified: Math.trunc(mtimeMs),
      removable: !collected.has(name),
    }
  }

  return {
    async save(bytes, kind) {
      const name = `${randomUUID()}.${kind.extension}`
      const path = join(uploads, name)
      const unfinished = `${path}.part`
      try {
        const file = await open(unfinished, 'wx')
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(unfinished, path)
        return storedFile(name, await stat(path))
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => {})
        throw error
      }
    },

    async find(name) {
      return opened(name, (_handle, file) => file)
    },

    async read(name) {
      return opened(name, (handle) => handle.readFile())
    },

    async remove(name) {
      if (uploadName.test(name)) await rm(join(uploads, name), { force: true })
    },

    async list() {
      const files = photos.map(({ name, bytes, modified }) => storedFile(name, { size: bytes, mtimeMs: modified }))
      for (const name of await readdir(uploads)) {
        if (!uploadName.test(name)) continue
        const found = await stat(join(uploads, name)).catch(() => undefined)
        if (found?.isFile()) files.push(storedFile(name, found))
      }
      return files
    },
  }
}

/** After this, whoever was writing it is dead; before it, another process may be at it. */
const WRITING_TAKES_AT_MOST_MS = 10 * 60_000

/** What a killed server left half-written was never acknowledged. */
async function removeUnfinished(uploads: string): Promise<void> {
  for (const name of await readdir(uploads)) {
    if (!name.endsWith('.part')) continue
    const path = join(uploads, name)
    const found = await stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > WRITING_TAKES_AT_MOST_MS) await rm(path, { force: true })
  }
}
