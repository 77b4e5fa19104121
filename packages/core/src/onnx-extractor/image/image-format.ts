/** What an image can be encoded as. Everything else (SVG, PDF, camera raw, …) is refused before a decoder sees it. */
export const IMAGE_FORMATS = ['JPEG', 'PNG', 'WebP', 'GIF', 'AVIF/HEIF', 'TIFF'] as const

export type ImageFormat = (typeof IMAGE_FORMATS)[number]

/** Brands of ISO base media files that hold still images: ISO/IEC 23008-12 (HEIF) and AV1 Image File Format. */
const HEIF_BRANDS = new Set(['avif', 'avis', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1', 'miaf'])

/** Decides by the first bytes alone; names and declared types are what anybody claims. */
export function imageFormat(image: Uint8Array): ImageFormat | undefined {
  const text = String.fromCharCode(...image.subarray(0, 12))
  if (text.startsWith('\xff\xd8\xff')) return 'JPEG'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG'
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'WebP'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'GIF'
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return 'TIFF'
  // BigTIFF
  if (text.startsWith('II+\0') || text.startsWith('MM\0+')) return 'TIFF'
  if (text.startsWith('ftyp', 4) && HEIF_BRANDS.has(text.slice(8, 12))) return 'AVIF/HEIF'
  return undefined
}

/** For messages: the first bytes, readable where they are text. */
export function beginning(image: Uint8Array): string {
  const bytes = image.subarray(0, 16)
  const printable = bytes.every((byte) => (byte >= 32 && byte < 127) || byte === 10 || byte === 13 || byte === 9)
  return printable ? JSON.stringify(String.fromCharCode(...bytes)) : `0x${Buffer.from(bytes).toString('hex')}`
}
