/**
 * How long an image takes to be described, and how little the application notices of it.
 *
 *     node benchmarks/extraction.js [--images 100] [--threads 2]
 *
 * Prints, from one run on one machine: the time per image through the extractor, one after the other and all at once,
 * beside the time that bare onnxruntime takes for the same tensors (no decoding, no colours, no thread), and how late
 * the event loop was meanwhile, beside an idle one. Build first: pnpm build.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createMaskRcnnExtractor } from '../packages/core/dist/mask-rcnn.js'

const { values } = parseArgs({
  options: { images: { type: 'string', default: '100' }, threads: { type: 'string', default: '2' } },
})
const threads = Number(values.threads)

const demo = new URL('../tools/demo-model/', import.meta.url)
const contract = JSON.parse(readFileSync(new URL('model/contract.json', demo), 'utf8'))
const modelFile = new URL('model/demo-mask-rcnn.onnx', demo)
const gallery = JSON.parse(readFileSync(new URL('gallery/gallery.json', demo), 'utf8'))
const images = gallery.slice(0, Number(values.images)).map(({ name }) => readFileSync(new URL(`gallery/${name}`, demo)))

const extractor = await createMaskRcnnExtractor({ model: fileURLToPath(modelFile), contract, threads })
for (const image of images.slice(0, 5)) await extractor.extract(image)

const idle = await lateness(() => sleep(1000))
const sequential = await lateness(async () => {
  for (const image of images) await extractor.extract(image)
})
const together = await lateness(() => Promise.all(images.map((image) => extractor.extract(image))))
await extractor.close()

const bare = await bareInference()

const perImage = ({ elapsed }) => elapsed / images.length
const row = (what, milliseconds, ...rest) =>
  console.log(what.padEnd(34), milliseconds.toFixed(1).padStart(7), 'ms', ...rest)
console.log(`${images.length} images, ${threads} threads, Node ${process.version}`)
row('bare inference, per image', bare)
row('extractor, one after the other', perImage(sequential), ` ${(perImage(sequential) / bare).toFixed(2)} × bare`)
row('extractor, all at once', perImage(together), ` ${(perImage(together) / bare).toFixed(2)} × bare`)
row('event loop late, idle, p99', idle.late)
row('event loop late, sequential, p99', sequential.late)
row('event loop late, all at once, p99', together.late)

/** How long `work` took, and how much later than asked the event loop came round (99th percentile), in milliseconds. */
async function lateness(work) {
  const resolution = 2
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  const start = performance.now()
  await work()
  const elapsed = performance.now() - start
  delays.disable()
  return { elapsed, late: Math.max(0, delays.percentile(99) / 1e6 - resolution) }
}

/** Mean per image, on tensors of the size that the gallery's pictures have. */
async function bareInference() {
  const fromCore = createRequire(new URL('../packages/core/package.json', import.meta.url))
  const { InferenceSession, Tensor } = fromCore('onnxruntime-node')
  const sharp = fromCore('sharp')
  const session = await InferenceSession.create(readFileSync(modelFile), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
  const times = []
  for (const image of images) {
    const tensor = await asTensor(sharp, Tensor, image)
    const start = performance.now()
    await session.run({ [contract.input.name]: tensor })
    times.push(performance.now() - start)
  }
  return times.slice(5).reduce((sum, time) => sum + time, 0) / (times.length - 5)
}

async function asTensor(sharp, Tensor, image) {
  const [width, height] = [320, 256]
  const pixels = await sharp(image).resize(width, height, { fit: 'fill' }).removeAlpha().raw().toBuffer()
  const plane = width * height
  const values = Float32Array.from({ length: 3 * plane }, (_, at) => {
    const channel = Math.floor(at / plane)
    return pixels[(at % plane) * 3 + 2 - channel] - contract.input.mean[channel]
  })
  return new Tensor('float32', values, [3, height, width])
}
