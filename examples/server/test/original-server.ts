import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecommender, type Recommender } from '@image-recommender/core'
import { createApp, createServerParts, type ImageFiles, openImageFolder } from '@image-recommender/server'
import { faulty } from '../../../packages/server/test/faulty.ts'
import { pictureExtractor } from '../../../packages/server/test/pictures.ts'
import { originalRoutes } from '../src/original/original-routes.ts'

/** A listening server with the original's routes; over it, what its clients do. */
export interface OriginalServer {
  readonly recommender: Recommender
  get(path: string, init?: RequestInit): Promise<Response>
  /** Sends a file as the original's page did. */
  upload(bytes: Uint8Array, options?: { field?: string; name?: string }): Promise<Response>
  /** Uploads an image that will be taken. @returns its name */
  uploaded(bytes: Uint8Array): Promise<string>
  /** What is kept of uploads, besides the database. */
  kept(): Promise<string[]>
  close(): Promise<void>
}

export interface Faults {
  readonly recommender?: (real: Recommender) => Partial<Recommender>
  readonly files?: (real: ImageFiles) => Partial<ImageFiles>
}

export async function originalServer(faults: Faults = {}): Promise<OriginalServer> {
  const folder = await mkdtemp(join(tmpdir(), 'example-original-'))
  const uploads = join(folder, 'uploads')
  await mkdir(uploads)
  const real = await createRecommender({ extractor: pictureExtractor() })
  const files = await openImageFolder({ uploads })
  const parts = await createServerParts({
    recommender: faulty(real, faults.recommender?.(real)),
    files: faulty(files, faults.files?.(files)),
    cacheFolder: join(folder, 'cache'),
  })
  const app = await createApp(parts, { loopbackOnly: true, report: () => {} })
  originalRoutes(app, parts)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const get = (path: string, init?: RequestInit) => fetch(url + path, init)
  const upload: OriginalServer['upload'] = (bytes, { field = 'file_to_upload', name = 'photo.jpg' } = {}) => {
    const body = new FormData()
    body.append(field, new Blob([new Uint8Array(bytes)]), name)
    return get('/upload_file', { method: 'POST', body })
  }
  return {
    recommender: real,
    get,
    upload,
    async uploaded(bytes) {
      const response = await upload(bytes)
      if (response.status !== 200) throw new Error(await response.text())
      return ((await response.json()) as { image_name: string }).image_name
    },
    kept: () => readdir(uploads),
    async close() {
      await app.close()
      await real.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
