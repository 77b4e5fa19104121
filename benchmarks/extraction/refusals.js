/** How soon bad input is answered, and with what, by an extractor that is otherwise idle; and whether it goes on afterwards. */
import { deflateSync } from 'node:zlib'
import { createExtractor, inputOfThisProcess, scenes, sharp } from './setting.js'

const { rounds } = await inputOfThisProcess()
const [scene] = await scenes(1)
const large = sharp(scene).resize(4032, 3024, { fit: 'fill' })
const cut = (file, share) => file.subarray(0, Math.floor(file.length * share))
const jpeg = await large.clone().jpeg().toBuffer()
const png = await large.clone().png({ compressionLevel: 1 }).toBuffer()

const inputs = {
  'no bytes': Buffer.alloc(0),
  text: Buffer.from('This is not an image. '.repeat(1000)),
  SVG: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
  'JPEG of 12 megapixels, cut off within the header': cut(jpeg, 0.0005),
  'JPEG of 12 megapixels, half of it': cut(jpeg, 0.5),
  'PNG of 12 megapixels, half of it': cut(png, 0.5),
  'PNG of 600 megapixels, 75 kB': hugePng(30_000, 20_000),
  '33 MiB': Buffer.concat([jpeg, Buffer.alloc(33 * 1024 * 1024 - jpeg.length)]),
}

// The demo's model throughout: none of these gets as far as the network.
const extractor = await createExtractor(undefined, { workers: 1, threads: 1 })
const fine = await extractor.extract(scene)
const table = {}
for (const [name, input] of Object.entries(inputs)) {
  const times = []
  let code
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    code = await extractor.extract(input).then(
      () => 'described',
      (error) => error.code,
    )
    times.push(performance.now() - began)
  }
  times.sort((one, other) => one - other)
  table[name] = { code, median: times[times.length >> 1], most: times.at(-1) }
}
const again = await extractor.extract(scene)
if (JSON.stringify(again) !== JSON.stringify(fine)) throw new Error('The extractor is not what it was.')
console.log(JSON.stringify(table))
await extractor.close()

/** A valid black picture of one bit a pixel. */
function hugePng(width, height) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height))
  const chunks = [chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks])
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const ends = [Buffer.alloc(4), Buffer.alloc(4)]
  ends[0].writeUInt32BE(data.length)
  let crc = 0xffffffff
  for (const byte of body) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  ends[1].writeUInt32BE(~crc >>> 0)
  return Buffer.concat([ends[0], body, ends[1]])
}
