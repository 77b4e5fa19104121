/** A kind of image that the server takes in: those that browsers show. */
export const IMAGE_KINDS = 'JPEG, PNG, WebP, GIF and AVIF'

export interface ImageKind {
  readonly extension: 'jpg' | 'png' | 'webp' | 'gif' | 'avif'
  readonly contentType: string
}

const jpeg: ImageKind = { extension: 'jpg', contentType: 'image/jpeg' }
const png: ImageKind = { extension: 'png', contentType: 'image/png' }
const webp: ImageKind = { extension: 'webp', contentType: 'image/webp' }
const gif: ImageKind = { extension: 'gif', contentType: 'image/gif' }
const avif: ImageKind = { extension: 'avif', contentType: 'image/avif' }

const SIGNATURE_LENGTH = 12

/** What an image is by its first bytes; what a file is called, or said to be, counts for nothing. */
export function imageKindOf(bytes: Uint8Array): ImageKind | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, SIGNATURE_LENGTH))
  if (text.startsWith('\xff\xd8\xff')) return jpeg
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return png
  if (/^RIFF.{4}WEBP/s.test(text)) return webp
  if (/^GIF8[79]a/.test(text)) return gif
  if (/^.{4}ftypavi[fs]/s.test(text)) return avif
  return undefined
}

const kindsByExtension = new Map([
  ['jpg', jpeg],
  ['jpeg', jpeg],
  ['png', png],
  ['webp', webp],
  ['gif', gif],
  ['avif', avif],
])

/** The kind that a file name stands for. */
export function imageKindOfName(name: string): ImageKind | undefined {
  return kindsByExtension.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
}
