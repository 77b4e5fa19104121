import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp, type SharpOptions } from 'sharp'
import { atMost } from './at-most.ts'
import type { ImageFiles, StoredFile } from './image-files.ts'
import { type ImageKind, imageKindOf } from './image-kind.ts'

/** An image as it is served. */
export interface Rendition {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly version: string
}

/** What is served of images: never more than what they look like. Where and by whom a photo was taken stays here. */
export interface Renditions {
  /** The image in its own size without metadata, turned upright; `undefined`: there is no such image, or it cannot be read. */
  full(name: string): Promise<Rendition | undefined>
  /** A small WebP of it. */
  thumbnail(name: string): Promise<Rendition | undefined>
  /** Forgets what was made of it. */
  remove(name: string): Promise<void>
}

export interface RenditionsOptions {
  readonly files: ImageFiles
  /** Where what was made is kept. It may be deleted at any time. */
  readonly folder: string
}

interface Shape {
  readonly name: 'full' | 'thumbnail'
  /** What is made of an image; `undefined`: it can be served as it is. */
  make(bytes: Uint8Array, kind: ImageKind): Promise<Uint8Array | undefined>
}

/** Images that are being decoded at once, each with its bytes in memory: there are as many threads for it, and it bounds what a crowd can cost. */
const MADE_AT_ONCE = 4

export function createRenditions({ files, folder }: RenditionsOptions): Renditions {
  const underWay = new Map<string, Promise<Rendition | undefined>>()
  const inTurn = atMost(MADE_AT_ONCE)

  async function make(shape: Shape, file: StoredFile): Promise<Rendition | undefined> {
    // The name is one that `files` knows; as part of a file name it still goes without whatever may mean something there.
    const path = join(folder, `${fileNameFor(file.name)}.${file.version}.${shape.name}`)
    const made = await readFile(path).catch(() => undefined)
    // An empty one says that the image can be served as it is.
    if (made !== undefined && made.length > 0) return rendition(made, file)
    if (made === undefined) return inTurn(() => makeAnew(shape, file, path))
    const bytes = await files.read(file.name)
    return bytes === undefined ? undefined : rendition(bytes, file)
  }

  async function makeAnew(shape: Shape, file: StoredFile, path: string): Promise<Rendition | undefined> {
    const bytes = await files.read(file.name)
    if (bytes === undefined) return undefined
    const changed = await shape.make(bytes, file.kind).catch(() => 'unreadable' as const)
    // What cannot be read cannot be rid of what it may say.
    if (changed === 'unreadable') return undefined
    await keep(path, changed ?? new Uint8Array(0))
    // Deleted meanwhile, perhaps by another process: whoever did that could not see what was kept only now.
    if ((await files.find(file.name)) === undefined) await rm(path, { force: true }).catch(() => {})
    return rendition(changed ?? bytes, file)
  }

  /** A cache that cannot be written to costs time and nothing else. */
  async function keep(path: string, bytes: Uint8Array): Promise<void> {
    const unfinished = `${path}.${process.pid}.part`
    try {
      await mkdir(folder, { recursive: true })
      await writeFile(unfinished, bytes)
      await rename(unfinished, path)
    } catch {
      await rm(unfinished, { force: true }).catch(() => {})
    }
  }

  /** Whoever asks for what is being made waits for it. */
  async function once(shape: Shape, name: string): Promise<Rendition | undefined> {
    const file = await files.find(name)
    if (file === undefined) return undefined
    const key = `${shape.name}/${file.version}/${name}`
    const running = underWay.get(key)
    if (running !== undefined) return running
    const making = make(shape, file).finally(() => underWay.delete(key))
    underWay.set(key, making)
    return making
  }

  return {
    full: (name) => once(full, name),
    thumbnail: (name) => once(thumbnail, name),
    async remove(name) {
      const start = `${fileNameFor(name)}.`
      const found = await readdir(folder).catch(() => [])
      for (const file of found) if (file.startsWith(start)) await rm(join(folder, file), { force: true })
    },
  }
}

/** What an extractor could read must be shown, too: small faults of a file are no reason to refuse it. */
const read = (bytes: Uint8Array, options: SharpOptions = {}) => sharp(bytes, { ...options, failOn: 'error' })

const full: Shape = {
  name: 'full',
  async make(bytes, kind) {
    const { exif, xmp, iptc, orientation = 1 } = await read(bytes).metadata()
    if (!exif && !xmp && !iptc && orientation === 1) return undefined
    const upright = (options: SharpOptions) =>
      encoded(read(bytes, options).autoOrient().keepIccProfile(), kind).toBuffer()
    // Of an animation only the first frame has been looked at; the others may be broken, or more than can be decoded.
    return upright({ animated: true }).catch(() => upright({}))
  },
}

/** Twice what the page shows at most, for screens with two pixels per point. */
const BOX = { width: 960, height: 520, fit: 'inside', withoutEnlargement: true } as const
/** Below this, a WebP that says nothing but what it looks like is small enough. */
const SMALL_BYTES = 60_000

const thumbnail: Shape = {
  name: 'thumbnail',
  async make(bytes, kind) {
    if (kind.extension === 'webp' && bytes.length <= SMALL_BYTES && (await full.make(bytes, kind)) === undefined)
      return undefined
    return read(bytes).autoOrient().resize(BOX).webp({ quality: 80 }).toBuffer()
  },
}

function encoded(image: Sharp, { extension }: ImageKind): Sharp {
  switch (extension) {
    case 'jpg':
      return image.jpeg({ quality: 92, mozjpeg: false })
    case 'webp':
      return image.webp({ quality: 92 })
    case 'avif':
      return image.avif({ quality: 70, effort: 2 })
    default:
      return image.toFormat(extension)
  }
}

function rendition(bytes: Uint8Array, { version, kind }: StoredFile): Rendition {
  return { bytes, version, contentType: (imageKindOf(bytes) ?? kind).contentType }
}

function fileNameFor(name: string): string {
  return encodeURIComponent(name).slice(0, 200)
}
