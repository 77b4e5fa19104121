import sharp, { type Sharp } from 'sharp'
import { busy } from '../../../packages/core/test/onnx-extractor/images.ts'

const exif = {
  IFD0: { Make: 'Somebody', Orientation: '6' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 30/1' },
}

/** Small pictures of every kind that a decoder is reached by, with all that their files may say besides. */
export async function sourceImages(): Promise<Buffer[]> {
  const small = () => busy(60, 44)
  const described = () => small().withMetadata({ orientation: 6 }).withExifMerge(exif)
  const kinds: (Sharp | Promise<Sharp>)[] = [
    small().jpeg({ quality: 60 }),
    described().jpeg({ progressive: true }),
    small().jpeg({ mozjpeg: true, chromaSubsampling: '4:4:4' }).withIccProfile('p3'),
    small().toColourspace('cmyk').jpeg(),
    small().png(),
    described().png({ progressive: true }),
    small().png({ palette: true }),
    small().ensureAlpha(0.5).toColourspace('rgb16').png(),
    small().webp(),
    described().webp({ lossless: true }),
    small().ensureAlpha(0.5).webp(),
    frames().then((animation) => animation.webp().withExifMerge(exif)),
    small().gif(),
    frames().then((animation) => animation.gif()),
    small().avif({ effort: 0 }),
    described().avif({ effort: 0 }),
    small().tiff({ compression: 'lzw' }),
    small().tiff({ compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 }),
    small().tiff({ compression: 'deflate', predictor: 'horizontal', bigtiff: true }),
  ]
  return Promise.all(kinds.map(async (kind) => (await kind).toBuffer()))
}

async function frames(): Promise<Sharp> {
  const pictures = await Promise.all([0, 90, 180].map((angle) => busy(40, 40).rotate(angle).png().toBuffer()))
  return sharp(pictures, { join: { animated: true } })
}
