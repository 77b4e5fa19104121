/** Files that are small and say that they are large, or are not what they begin as. */
import sharp from 'sharp'
import { busy, hugePng, plain } from './images.ts'

const MANY = 65_500

async function changed(file: Promise<Buffer>, change: (bytes: Buffer) => void): Promise<Buffer> {
  const bytes = await file
  change(bytes)
  return bytes
}

/** Where the height and width of a JPEG are, in the header of its frame. */
function frameSize(bytes: Buffer, marker: number): number {
  return bytes.indexOf(Buffer.from([0xff, marker])) + 5
}

function jpegOf(size: number, progressive: boolean): Promise<Buffer> {
  return changed(busy(64, 64).jpeg({ progressive }).toBuffer(), (bytes) => {
    const at = frameSize(bytes, progressive ? 0xc2 : 0xc0)
    bytes.writeUInt16BE(size, at)
    bytes.writeUInt16BE(size, at + 2)
  })
}

const frames = async () => {
  const pictures = await Promise.all(['#f00', '#0f0'].map((color) => plain(40, 30, color).png().toBuffer()))
  return sharp(pictures, { join: { animated: true } })
}

/** What no pixel of may be decoded. */
export const bombs: Readonly<Record<string, () => Promise<Buffer>>> = {
  'a PNG of 600 megapixels': async () => hugePng(30_000, 20_000),
  'a PNG of 2^31 pixels a side': async () => {
    const bytes = hugePng(8, 8)
    bytes.writeUInt32BE(0x7fffffff, 16)
    bytes.writeUInt32BE(0x7fffffff, 20)
    return bytes
  },
  'a PNG that is one pixel high': async () => hugePng(50_000_001, 1),
  'a JPEG of 4,290 megapixels': () => jpegOf(MANY, false),
  'a progressive JPEG of 4,290 megapixels': () => jpegOf(MANY, true),
  'a GIF of 4,290 megapixels': () =>
    changed(plain(40, 30).gif().toBuffer(), (bytes) => {
      // Of the screen, and of the frame on it.
      const frame = bytes.indexOf(Buffer.from([0x2c, 0, 0, 0, 0])) + 5
      for (const at of [6, 8, frame, frame + 2]) bytes.writeUInt16LE(MANY, at)
    }),
  'an animated WebP of 268 megapixels': async () =>
    changed((await frames()).webp().toBuffer(), (bytes) => {
      bytes.writeUIntLE(16_382, bytes.indexOf('VP8X') + 12, 3)
      bytes.writeUIntLE(16_382, bytes.indexOf('VP8X') + 15, 3)
    }),
  'a TIFF of 4,290 megapixels': () =>
    changed(plain(40, 30).tiff({ compression: 'none' }).toBuffer(), (bytes) => {
      const directory = bytes.readUInt32LE(4)
      for (let at = 0; at < bytes.readUInt16LE(directory); at++) {
        const entry = directory + 2 + 12 * at
        if (bytes.readUInt16LE(entry) === 256 || bytes.readUInt16LE(entry) === 257) bytes.writeUInt32LE(MANY, entry + 8)
      }
    }),
  'an AVIF of 4,290 megapixels': () =>
    changed(plain(40, 30).avif().toBuffer(), (bytes) => {
      const at = bytes.indexOf('ispe') + 8
      bytes.writeUInt32BE(MANY, at)
      bytes.writeUInt32BE(MANY, at + 4)
    }),
}
