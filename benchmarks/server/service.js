/**
 * The service over so many images in memory, in a process of its own; `node service.js IMAGES`. It says its address, and
 * its memory when it is asked; it ends when its parent does. What is uploaded is described by the demo's model.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { originalRoutes } from '../../examples/server/dist/original-routes.js'
import { createRecommender } from '../../packages/core/dist/index.js'
import { createApp, createServerParts, openImageFolder } from '../../packages/server/dist/index.js'
import { createExtractor } from '../extraction/setting.js'
import { cocoLikeRecords } from '../search/coco-like-records.js'

const images = Number(process.argv[2])
const AT_ONCE = 10_000

const folder = await mkdtemp(join(tmpdir(), 'bench-server-'))
const extractor = await createExtractor(undefined, { workers: 1, threads: 1 })
const recommender = await createRecommender({ extractor, cachedRecords: images })
const records = cocoLikeRecords(extractor.space.id, 1)
for (let at = 0; at < images; at += AT_ONCE) {
  await recommender.put(
    Array.from({ length: Math.min(AT_ONCE, images - at) }, (_, nth) => records.next(`image-${at + nth}.jpg`)),
  )
}
const parts = await createServerParts({
  recommender,
  files: await openImageFolder({ uploads: folder }),
  cacheFolder: join(folder, 'cache'),
})
const app = await createApp(parts, { loopbackOnly: true, report: (error) => console.error(error) })
originalRoutes(app, parts)
await app.listen({ host: '127.0.0.1', port: 0 })
process.send({ url: `http://127.0.0.1:${app.server.address().port}` })

const memory = () => process.memoryUsage.rss() / 1e6
let largest = 0
setInterval(() => {
  largest = Math.max(largest, memory())
}, 100).unref()
process.on('message', () => {
  const now = memory()
  process.send({ now, largest: Math.max(largest, now) })
  largest = 0
})

process.once('disconnect', async () => {
  await app.close()
  await recommender.close()
  await rm(folder, { recursive: true, force: true })
})
