import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecommender, type FeatureExtractor, type Recommender } from '@image-recommender/core'
import { createFakeExtractor, fakeImage } from '@image-recommender/core/testing'
import type { FastifyInstance } from 'fastify'
import { createApp } from '../src/http/create-app.ts'
import { type ImageFiles, openImageFiles } from '../src/image-files.ts'
import { createThumbnails } from '../src/thumbnails.ts'

export interface TestApp {
  readonly app: FastifyInstance
  readonly recommender: Recommender
  readonly files: ImageFiles
  readonly uploads: string
  readonly reported: unknown[]
  /** Uploads an image with these objects. @returns its name */
  upload(objects: Readonly<Record<string, number>>, look?: string): Promise<string>
  close(): Promise<void>
}

export interface TestAppOptions {
  readonly extractor?: FeatureExtractor
  readonly requestTimeout?: number
  readonly notice?: string
  readonly recommender?: (real: Recommender) => Recommender
  readonly files?: (real: ImageFiles) => ImageFiles
}

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** Bytes that look like a PNG to the server, and in which the test's extractor finds these objects. */
export function picture(objects: Readonly<Record<string, number>>, look = ''): Buffer {
  return Buffer.concat([PNG, fakeImage(objects, look)])
}

/** Finds in a `picture` what was put into it. */
export function pictureExtractor(): FeatureExtractor {
  const fake = createFakeExtractor()
  return { ...fake, extract: (image, options) => fake.extract(image.subarray(PNG.length), options) }
}

/** The routes over the real recommender in memory, in a folder of their own. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'example-server-'))
  const reported: unknown[] = []
  const real = await createRecommender({ extractor: options.extractor ?? pictureExtractor() })
  const realFiles = await openImageFiles({ uploads: folder, collection: [] })
  const recommender = options.recommender?.(real) ?? real
  const files = options.files?.(realFiles) ?? realFiles
  const thumbnails = createThumbnails({ folder: join(folder, 'thumbnails'), files })
  const app = await createApp(
    { recommender, files, thumbnails, notice: options.notice, filling: () => undefined },
    {
      loopbackOnly: true,
      report: (error) => reported.push(error),
      ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
    },
  )
  return {
    app,
    recommender: real,
    files,
    uploads: folder,
    reported,
    async upload(objects, look = '') {
      const response = await app.inject({
        method: 'POST',
        url: '/upload_file',
        ...(await formWith(picture(objects, look))),
      })
      if (response.statusCode !== 200) throw new Error(response.body)
      return response.json().image_name
    },
    async close() {
      await app.close()
      await real.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A form as browsers send it, for `inject`. */
export async function formWith(
  bytes: Uint8Array,
  { field = 'file_to_upload', name = 'a.png', type = 'image/png' } = {},
) {
  const form = new FormData()
  form.append(field, new Blob([new Uint8Array(bytes)], { type }), name)
  return encoded(form)
}

export async function encoded(form: FormData) {
  const response = new Response(form)
  return {
    payload: Buffer.from(await response.arrayBuffer()),
    headers: { 'content-type': response.headers.get('content-type')! },
  }
}
