/** What tests of extractors share: a folder for their models, extractors that are closed again, and what a refusal looks like. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { FeatureExtractor } from '../../src/feature-extractor.ts'

/** A folder that is there for the tests of a file. `path` and `written` are good from their `beforeAll` on. */
export function modelFolder(): {
  readonly path: string
  written(name: string, content: Uint8Array): Promise<string>
} {
  let path = ''
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'models-'))
  })
  afterAll(() => rm(path, { recursive: true }))
  return {
    get path() {
      return path
    },
    async written(name, content) {
      const file = join(path, name)
      await writeFile(file, content)
      return file
    },
  }
}

/** Gives back what it is given, and closes it after the test. */
export function closedAfterEach(): <Extractor extends FeatureExtractor>(extractor: Extractor) => Extractor {
  let open: FeatureExtractor[] = []
  afterEach(async () => {
    await Promise.all(open.map((extractor) => extractor.close()))
    open = []
  })
  return (extractor) => {
    open.push(extractor)
    return extractor
  }
}

export const refused = (code: string, ...texts: string[]) =>
  expect.objectContaining({ name: 'RecommenderError', code, message: expect.stringMatching(texts.join('[^]*')) })
