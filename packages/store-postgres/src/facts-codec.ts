import type { Appearance, DetectedObject } from '@image-recommender/core'

/** What was seen in an image, apart from the vector that is derived from it. */
export interface Facts {
  readonly objects: readonly DetectedObject[]
  readonly appearance: Appearance | null
}

/**
 * Facts as bytes, little-endian; counts and axes are uint32, all other numbers float32:
 *
 *     version (1 byte) · has appearance (1 byte)
 *     objects: count · { has box 1 | has color 2 (1 byte) · axis · score · [x y width height] · [L a b] }
 *     [ palette: count · { L a b share } · bytes of the hash: count · UTF-8 ]
 */
const VERSION = 1
const HAS_BOX = 1
const HAS_COLOR = 2

export function encodeFacts({ objects, appearance }: Facts): Uint8Array {
  const hash = appearance ? Buffer.from(appearance.hash, 'utf8') : undefined
  const bytes = new Uint8Array(sizeOf(objects, appearance, hash))
  const writer = new Writer(bytes)
  writer.byte(VERSION)
  writer.byte(appearance ? 1 : 0)
  writer.count(objects.length)
  for (const { axis, score, box, color } of objects) {
    writer.byte((box ? HAS_BOX : 0) | (color ? HAS_COLOR : 0))
    writer.count(axis)
    writer.float(score)
    if (box) writer.floats(box)
    if (color) writer.floats(color)
  }
  if (appearance && hash) {
    writer.count(appearance.palette.length)
    for (const { color, share } of appearance.palette) {
      writer.floats(color)
      writer.float(share)
    }
    writer.count(hash.length)
    writer.bytes(hash)
  }
  return bytes
}

export function decodeFacts(bytes: Uint8Array): Facts {
  const reader = new Reader(bytes)
  const version = reader.byte()
  if (version !== VERSION) throw new RangeError(`Unknown version ${version} of the facts.`)
  const hasAppearance = reader.byte() === 1
  const objects = reader.list(() => {
    const flags = reader.byte()
    return {
      axis: reader.count(),
      score: reader.float(),
      box: flags & HAS_BOX ? ([reader.float(), reader.float(), reader.float(), reader.float()] as const) : null,
      color: flags & HAS_COLOR ? ([reader.float(), reader.float(), reader.float()] as const) : null,
    }
  })
  const appearance = hasAppearance
    ? {
        palette: reader.list(() => ({
          color: [reader.float(), reader.float(), reader.float()] as const,
          share: reader.float(),
        })),
        hash: reader.text(),
      }
    : null
  reader.end()
  return { objects, appearance }
}

function sizeOf(
  objects: readonly DetectedObject[],
  appearance: Appearance | null,
  hash: Uint8Array | undefined,
): number {
  let size = 2 + 4
  for (const { box, color } of objects) size += 1 + 4 + 4 + (box ? 16 : 0) + (color ? 12 : 0)
  if (appearance && hash) size += 4 + 16 * appearance.palette.length + 4 + hash.length
  return size
}

class Writer {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  byte(value: number): void {
    this.#view.setUint8(this.#at, value)
    this.#at += 1
  }

  count(value: number): void {
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  float(value: number): void {
    this.#view.setFloat32(this.#at, value, true)
    this.#at += 4
  }

  floats(values: readonly number[]): void {
    for (const value of values) this.float(value)
  }

  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  byte(): number {
    this.#at += 1
    return this.#view.getUint8(this.#at - 1)
  }

  count(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  float(): number {
    this.#at += 4
    return this.#view.getFloat32(this.#at - 4, true)
  }

  /** Reads item by item, so that a damaged count runs into the end and reserves nothing. */
  list<Item>(item: () => Item): Item[] {
    const items: Item[] = []
    for (let left = this.count(); left > 0; left--) items.push(item())
    return items
  }

  text(): string {
    const length = this.count()
    this.#at += length
    if (this.#at > this.#bytes.length) throw new RangeError('The facts end in the middle.')
    return Buffer.from(this.#bytes.subarray(this.#at - length, this.#at)).toString('utf8')
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('The facts go on behind their end.')
  }
}
