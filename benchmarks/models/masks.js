/**
 * What it costs that a network of full size computes masks too.
 *
 *     node benchmarks/models/masks.js [--images 10] [--threads 1,2] [--model FILE]
 *
 * Opens the model twice, with `masks: true` and without, where the mask head is cut out of the graph, and gives one after
 * the other the same pictures, so that both meet the same neighbours on the machine. Prints images a second and CPU time, and
 * by how much one is faster than the other, picture by picture, by medians; how long loading takes and how much memory, each
 * time in a process of its own. The run fails if an object, a score or a box differs in its last bit.
 *
 * The model has random weights (make_full_size.py makes it), so what it finds means nothing. Build first: npm run build.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { createMaskRcnnExtractor } from '../../packages/core/dist/mask-rcnn.js'
import { table } from '../search/markdown.js'

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '10' },
    threads: { type: 'string', default: '1,2' },
    model: { type: 'string', default: fileURLToPath(new URL('work/full-size-zoo.onnx', import.meta.url)) },
    load: { type: 'string' },
  },
})
const { model } = values
if (!existsSync(model))
  throw new Error(`There is no ${model}. Make it: /usr/bin/python3 benchmarks/models/make_full_size.py`)

if (values.load !== undefined) await load(values.load === 'with')
else {
  console.log(`${cpus()[0].model}, ${availableParallelism()} cores, Node ${process.version}\n`)
  reportLoading()
  for (const threads of values.threads.split(',').map(Number)) await reportSpeed(threads)
}

/** In a process of its own: prints milliseconds until ready, and the most memory that the process ever had. */
async function load(masks) {
  const start = performance.now()
  const extractor = await createMaskRcnnExtractor({ model, masks, threads: 1 })
  const elapsed = performance.now() - start
  await extractor.close()
  console.log(JSON.stringify({ elapsed, megabytes: process.resourceUsage().maxRSS / 1024 }))
}

function reportLoading() {
  const runs = { with: [], without: [] }
  for (let round = 0; round < 5; round++) {
    for (const [masks, results] of Object.entries(runs)) {
      const options = [fileURLToPath(import.meta.url), '--model', model, '--load', masks]
      results.push(JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })))
    }
  }
  const row = ([masks, results]) => [
    `${masks} masks`,
    median(results.map(({ elapsed }) => elapsed)).toFixed(0),
    median(results.map(({ megabytes }) => megabytes)).toFixed(0),
  ]
  console.log(table(['loading', 'ms', 'MB at most'], Object.entries(runs).map(row)))
}

async function reportSpeed(threads) {
  const folder = new URL('../../tools/demo-model/gallery/', import.meta.url)
  const names = readdirSync(folder).filter((name) => name.endsWith('.webp'))
  const step = Math.floor(names.length / Number(values.images))
  const images = Array.from({ length: Number(values.images) }, (_, at) =>
    readFileSync(new URL(names[at * step], folder)),
  )

  const extractors = {
    with: await createMaskRcnnExtractor({ model, masks: true, threads }),
    without: await createMaskRcnnExtractor({ model, threads }),
  }
  for (const extractor of Object.values(extractors)) await extractor.extract(images[0])
  const elapsed = { with: [], without: [] }
  const computed = { with: [], without: [] }
  let objects = 0
  for (const image of images) {
    const extractions = []
    for (const [masks, extractor] of Object.entries(extractors)) {
      const [start, startOfCpu] = [performance.now(), cpuTime()]
      extractions.push(await extractor.extract(image))
      elapsed[masks].push(performance.now() - start)
      computed[masks].push(cpuTime() - startOfCpu)
    }
    const [one, other] = extractions.map(colorless)
    if (!isDeepStrictEqual(one, other)) throw new Error('Without masks something else is found.')
    objects += one.objects.length
  }
  for (const extractor of Object.values(extractors)) await extractor.close()

  const faster = (times) => median(times.with.map((time, at) => time / times.without[at])).toFixed(2)
  const row = (masks, ...ratios) => [
    `${masks} masks`,
    (1000 / median(elapsed[masks])).toFixed(3),
    median(computed[masks]).toFixed(0),
    ...ratios,
  ]
  console.log(
    table(
      [`${threads} ${threads === 1 ? 'thread' : 'threads'}`, 'images/s', 'CPU ms an image', 'faster', 'by CPU time'],
      [row('with', '1', '1'), row('without', faster(elapsed), faster(computed))],
    ),
  )
  console.log(
    `${images.length} images, ${(objects / images.length).toFixed(1)} objects of 0.3 and better each; all but colours equal\n`,
  )
}

function colorless({ objects, vector, ...rest }) {
  return { ...rest, vector, objects: objects.map(({ color: _, ...object }) => object) }
}

/** Milliseconds, of all threads. */
function cpuTime() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}
