/** How long it takes from `extract` until the network begins, where nothing else is to be done: sent to the worker, decoded, scaled, made a tensor. */
import { BroadcastChannel } from 'node:worker_threads'
import { createExtractor, inputOfThisProcess, scenes, sharp } from './setting.js'
import { CHANNEL } from './timed-network.js'

const { model, threads, rounds } = await inputOfThisProcess()
const [scene] = await scenes(1)
const photograph = (width, height) => sharp(scene).resize(width, height, { fit: 'fill' })
const files = {
  '640 × 480, JPEG': await photograph(640, 480).jpeg({ quality: 85 }).toBuffer(),
  '640 × 480, WebP': await photograph(640, 480).webp({ quality: 85 }).toBuffer(),
  '640 × 480, PNG': await photograph(640, 480).png().toBuffer(),
  '4032 × 3024, JPEG': await photograph(4032, 3024).jpeg({ quality: 85 }).toBuffer(),
  '4032 × 3024, progressive JPEG': await photograph(4032, 3024).jpeg({ quality: 85, progressive: true }).toBuffer(),
  '4032 × 3024, WebP': await photograph(4032, 3024).webp({ quality: 85 }).toBuffer(),
}

const extractor = await createExtractor(model, { workers: 1, threads })
const channel = new BroadcastChannel(CHANNEL)
const now = () => performance.timeOrigin + performance.now()
const table = {}
for (const [name, file] of Object.entries(files)) {
  const times = []
  for (let round = 0; round <= rounds; round++) {
    const asked = now()
    const run = new Promise((resolve) => {
      // What is told of the run before may come late.
      channel.onmessage = ({ data }) => data.began > asked && resolve(data)
    })
    await extractor.extract(file)
    if (round > 0) times.push((await run).began - asked)
  }
  times.sort((one, other) => one - other)
  table[name] = { median: times[times.length >> 1], least: times[0], bytes: file.length }
}
console.log(JSON.stringify(table))
channel.close()
await extractor.close()
