import { spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRecommender } from '../../packages/core/dist/index.js'
import { openImageFolder, withVersion } from '../../packages/server/dist/index.js'
import { startEmbeddedPostgres } from '../../packages/server/dist/service.js'
import { createPostgresStore } from '../../packages/store-postgres/dist/index.js'
import { createExtractor } from '../extraction/setting.js'
import { cocoLikeRecords } from '../search/coco-like-records.js'

const main = fileURLToPath(new URL('../../examples/server/dist/main.js', import.meta.url))
const gallery = fileURLToPath(new URL('../../tools/demo-model/gallery/', import.meta.url))

/** A folder of the example server with so many uploads, all of them described. */
export async function preparedFolder(images) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-start-'))
  const uploads = join(folder, 'images')
  await mkdir(uploads)
  for (let at = 0; at < images; at++) {
    const name = `${at.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000.webp`
    await copyFile(join(gallery, 'airport-001.webp'), join(uploads, name))
  }
  const database = await startEmbeddedPostgres({ folder: join(folder, 'database') })
  const extractor = await createExtractor()
  const recommender = await createRecommender({
    extractor,
    store: await createPostgresStore({ client: database.pool }),
  })
  const records = cocoLikeRecords(extractor.space.id, 1)
  const files = await (await openImageFolder({ uploads })).list()
  await recommender.put(files.map((file) => ({ ...records.next(file.name), metadata: withVersion({}, file) })))
  await recommender.close()
  await database.close()
  const prepared = { folder, name: files[0].name, remove: () => rm(folder, { recursive: true, force: true }) }
  // Describes the demo's gallery, which is there besides.
  await (await coldStart(prepared)).stop()
  return prepared
}

/** Starts the example server in the folder. @returns seconds to the first answer, and a server to be stopped */
export async function coldStart({ folder, name }) {
  const began = performance.now()
  const environment = { ...process.env, DATA_FOLDER: folder, PORT: '0', ORT_DISABLE_TELEMETRY: '1' }
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await addressOf(child)
  const response = await fetch(`${url}get_similar/${name}`)
  const { images } = await response.json()
  if (images.length !== 30) throw new Error(`Of ${name} it found ${images.length} images`)
  const seconds = (performance.now() - began) / 1000
  return {
    seconds,
    url,
    async stop() {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

/** What it says after that is let go by: closing the pipe would end it. */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
      const [url] = /http:\/\/\S+/.exec(said) ?? []
      if (url !== undefined) resolve(url)
    })
    child.once('exit', () => reject(new Error(`The server ended:\n${said}`)))
  })
}
