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
import type { OpenAPIV3_1 } from 'openapi-types'
import {
  createApp,
  createServerParts,
  type Filling,
  type ImageFiles,
  type Limits,
  openImageFolder,
  type Photo,
  type ServerParts,
} from '../src/index.ts'
import { describedAnswers } from './described-answers.ts'
import { faulty } from './faulty.ts'
import { formWith } from './forms.ts'
import { picture, pictureExtractor } from './pictures.ts'

export interface TestApp {
  readonly app: FastifyInstance
  readonly parts: ServerParts
  readonly recommender: Recommender
  readonly files: ImageFiles
  readonly uploads: string
  readonly cache: string
  readonly reported: unknown[]
  /** What the app answers; fails where that is not what its OpenAPI document says. */
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
  /** What takes the place of methods of the real ones. */
  readonly recommender?: (real: Recommender) => Partial<Recommender>
  readonly files?: (real: ImageFiles) => Partial<ImageFiles>
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
    recommender: faulty(real, options.recommender?.(real)),
    files: faulty(files, options.files?.(files)),
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
  await app.ready()
  const check = describedAnswers(app.swagger() as OpenAPIV3_1.Document)

  async function inject(request: string | InjectOptions): Promise<LightMyRequestResponse> {
    const { url, method = 'GET' } = typeof request === 'string' ? { url: request } : request
    const response = await app.inject(request)
    const contentType = response.headers['content-type']?.toString()
    check({ method, url: String(url), status: response.statusCode, contentType, body: response.body })
    return response
  }

  return {
    app,
    parts,
    recommender: real,
    files,
    uploads,
    cache,
    reported,
    inject,
    async add(objects, look = '') {
      const form = await formWith(picture(objects, look))
      const response = await inject({ method: 'POST', url: '/v1/images', ...form })
      if (response.statusCode !== 201) throw new Error(response.body)
      return response.json().id
    },
    async close() {
      // Clients of a test may hold connections on which they ask for nothing.
      app.server.closeAllConnections()
      await app.close()
      await real.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
