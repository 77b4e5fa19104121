/**
 * A server over one extractor in a process of its own, which may well die of what it is given: `node describer.js MODEL CONTRACT FOLDER`. It says what
 * became of each image of a message.
 */
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createRecommender, RecommenderError } from '@image-recommender/core'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
import { createApp, createServerParts, openImageFolder } from '@image-recommender/server'

const [model, contractFile, folder] = process.argv.slice(2)
const contract = JSON.parse(readFileSync(contractFile, 'utf8'))
const extractor = await createMaskRcnnExtractor({ model, contract, workers: 1, threads: 1 })
const recommender = await createRecommender({ extractor })
const uploads = join(folder, 'uploads')
await mkdir(uploads)
const failures = []
const parts = await createServerParts({
  recommender,
  files: await openImageFolder({ uploads }),
  cacheFolder: join(folder, 'cache'),
})
const app = await createApp(parts, { loopbackOnly: true, report: (error) => failures.push(String(error?.stack)) })

const AT_ONCE = 4
const BOUNDARY = 'between-two-parts-of-a-form'
const before = Buffer.from(
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a"\r\nContent-Type: image/png\r\n\r\n`,
)
const behind = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)

process.on('message', async ({ images }) => {
  const outcomes = []
  let next = 0
  const work = async () => {
    for (let at = next++; at < images.length; at = next++) {
      const began = performance.now()
      outcomes[at] = { became: await outcomeOf(Buffer.from(images[at])), ms: performance.now() - began }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  process.send({ outcomes, failures: failures.splice(0), rss: process.memoryUsage.rss() })
})
process.once('disconnect', () => process.exit())
process.send({ ready: true })

/** What the server makes of it, and the extractor where the server takes no such images. */
async function outcomeOf(image) {
  const payload = Buffer.concat([before, image, behind])
  const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
  const added = await app.inject({ method: 'POST', url: '/v1/images', payload, headers })
  if (added.statusCode !== 201) return `${added.statusCode}, extractor: ${await extracted(image)}`
  const { id, file, thumbnail } = added.json()
  const statuses = [added, await app.inject(file), await app.inject(thumbnail)]
  statuses.push(await app.inject({ method: 'DELETE', url: `/v1/images/${encodeURIComponent(id)}` }))
  return statuses.map(({ statusCode }) => statusCode).join(' ')
}

function extracted(image) {
  return extractor.extract(image).then(
    () => 'described',
    (error) => (RecommenderError.is(error) ? error.code : String(error)),
  )
}
