import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createRecommender,
  type EmbeddingOptions,
  type FeatureExtractor,
  type Recommender,
} from '@image-recommender/core'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import {
  createApp,
  createServerParts,
  type Filling,
  type ImageFiles,
  type Limits,
  openImageFolder,
  type Photo,
} from '../src/index.ts'
import { formWith } from './forms.ts'
import { picture, pictureExtractor } from './pictures.ts'

export interface TestApp {
  readonly app: FastifyInstance
  readonly recommender: Recommender
  readonly files: ImageFiles
  readonly uploads: string
  readonly cache: string
  readonly reported: unknown[]
  inject(request: string | InjectOptions): Promise<LightMyRequestResponse>
  /** Adds an image with these objects. @returns its id */
  add(objects: Readonly<Record<string, number>>, look?: string): Promise<string>
  close(): Promise<void>
}

export interface TestAppOptions {
  readonly extractor?: FeatureExtractor
  readonly embedding?: EmbeddingOptions
  readonly requestTimeout?: number
  readonly limits?: Partial<Limits>
  readonly notice?: string
  readonly filling?: () => Filling | undefined
  readonly photos?: readonly Photo[]
  readonly recommender?: (real: Recommender) => Recommender
  readonly files?: (real: ImageFiles) => ImageFiles
}

/** The server over the real recommender in memory, in a folder of its own. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'server-'))
  const uploads = join(folder, 'uploads')
  const cache = join(folder, 'cache')
  await mkdir(uploads)
  const reported: unknown[] = []
  const real = await createRecommender({
    extractor: options.extractor ?? pictureExtractor(),
    ...(options.embedding && { embedding: options.embedding }),
  })
  const files = await openImageFolder({ uploads, photos: options.photos })
  const parts = await createServerParts({
    recommender: options.recommender?.(real) ?? real,
    files: options.files?.(files) ?? files,
    cacheFolder: cache,
    limits: options.limits,
    notice: options.notice,
    filling: options.filling,
  })
  const app = await createApp(parts, {
    loopbackOnly: true,
    report: (error) => reported.push(error),
    ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
  })
  return {
    app,
    recommender: real,
    files,
    uploads,
    cache,
    reported,
    inject: (request) => app.inject(request),
    async add(objects, look = '') {
      const form = await formWith(picture(objects, look))
      const response = await app.inject({ method: 'POST', url: '/v1/images', ...form })
      if (response.statusCode !== 201) throw new Error(response.body)
      return response.json().id
    },
    async close() {
      await app.close()
      await real.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
