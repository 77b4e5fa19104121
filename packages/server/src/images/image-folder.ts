import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageFile } from './collection.ts'
import { type ImageKind, imageKindOfName } from './image-kind.ts'

export interface OpenImage {
  /** Its reader closes it. */
  readonly handle: FileHandle
  readonly kind: ImageKind
  readonly bytes: number
  readonly modified: number
}

/** The bytes of all images: those of the collection, which are only read, and those that were uploaded. */
export interface ImageFiles {
  /** Writes an upload under a new name; it is on the disk when the promise resolves, or not there at all. */
  save(bytes: Uint8Array, kind: ImageKind): Promise<ImageFile>
  /** Deletes an upload; unknown names are ignored. */
  remove(name: string): Promise<void>
  /** `undefined`: there is no such image. Names are looked up, never used as paths; links are not followed. */
  open(name: string): Promise<OpenImage | undefined>
  /** Collection and uploads. */
  list(): Promise<ImageFile[]>
}

const uploadName = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:jpg|png|webp|gif|avif)$/
// A pipe must not hold the server up, and a link not lead it elsewhere. Windows knows neither flag.
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

export async function openImageFiles(options: {
  /** Where uploads are kept. */
  readonly uploads: string
  readonly collection: readonly ImageFile[]
}): Promise<ImageFiles> {
  const { uploads, collection } = options
  const collected = new Map(collection.map((file) => [file.name, file]))
  await removeUnfinished(uploads)

  function pathOf(name: string): string | undefined {
    return collected.get(name)?.path ?? (uploadName.test(name) ? join(uploads, name) : undefined)
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
        const { size, mtimeMs } = await stat(path)
        return { name, path, bytes: size, modified: Math.trunc(mtimeMs) }
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => {})
        throw error
      }
    },

    async remove(name) {
      if (uploadName.test(name)) await rm(join(uploads, name), { force: true })
    },

    async open(name) {
      const path = pathOf(name)
      const kind = imageKindOfName(name)
      if (path === undefined || kind === undefined) return undefined
      // Whatever keeps it from being opened: there is no image of that name to be had.
      const handle = await open(path, readOnly).catch(() => undefined)
      if (handle === undefined) return undefined
      const { size, mtimeMs, isFile } = await handle.stat().then((found) => ({ ...found, isFile: found.isFile() }))
      if (isFile) return { handle, kind, bytes: size, modified: Math.trunc(mtimeMs) }
      await handle.close()
      return undefined
    },

    async list() {
      const files = [...collection]
      for (const name of await readdir(uploads)) {
        if (!uploadName.test(name)) continue
        const path = join(uploads, name)
        const found = await stat(path).catch(() => undefined)
        if (found?.isFile()) files.push({ name, path, bytes: found.size, modified: Math.trunc(found.mtimeMs) })
      }
      return files
    },
  }
}

/** What a killed server left half-written was never acknowledged. */
async function removeUnfinished(uploads: string): Promise<void> {
  for (const name of await readdir(uploads)) {
    if (name.endsWith('.part')) await rm(join(uploads, name), { force: true })
  }
}
