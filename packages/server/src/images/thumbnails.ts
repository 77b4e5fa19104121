import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { ImageFiles } from './image-files.ts'

export interface Thumbnails {
  /**
   * The path of a small WebP of the image, made when it is first asked for; `undefined` where the image is small
   * already, or cannot be made smaller: then the image itself is to be shown.
   */
  of(name: string): Promise<string | undefined>
}

/** Below this, making it smaller saves little. */
const SMALL_BYTES = 200_000
/** Twice what the page shows at most, for screens with two pixels per point. */
const BOX = { width: 960, height: 520, fit: 'inside', withoutEnlargement: true } as const

/** Thumbnails are a cache: their folder may be deleted at any time. */
export function createThumbnails({
  folder,
  files,
}: {
  readonly folder: string
  readonly files: ImageFiles
}): Thumbnails {
  const underWay = new Map<string, Promise<string | undefined>>()

  async function make(name: string): Promise<string | undefined> {
    const image = await files.open(name)
    if (image === undefined) return undefined
    try {
      if (image.bytes <= SMALL_BYTES) return undefined
      // `name` is one that `files` knows, hence no path.
      const path = join(folder, `${name}.${image.modified}.webp`)
      if (await stat(path).catch(() => undefined)) return path
      await mkdir(folder).catch(() => {})
      const unfinished = `${path}.part`
      try {
        await sharp(await image.handle.readFile())
          .autoOrient()
          .resize(BOX)
          .webp({ quality: 80 })
          .toFile(unfinished)
        await rename(unfinished, path)
      } catch {
        await rm(unfinished, { force: true }).catch(() => {})
        return undefined
      }
      return path
    } finally {
      await image.handle.close()
    }
  }

  return {
    of(name) {
      const running = underWay.get(name)
      if (running !== undefined) return running
      const made = make(name).finally(() => underWay.delete(name))
      underWay.set(name, made)
      return made
    },
  }
}
