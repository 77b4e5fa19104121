/** Somebody's strict TypeScript that uses every entry, as an ES module and as CommonJS. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entries } from './packages.js'
import { run } from './running.js'

export const compilers = ['typescript-5.9', 'typescript-newest']
export const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

const consumer = `
${entries.map((entry, at) => `import * as entry${at} from '${entry}'`).join('\n')}
import { createRecommender, type FeatureExtractor, type ImageStore, type SimilarityIndex } from '@image-recommender/core'
import { createPostgresStore } from '@image-recommender/store-postgres'
import { createRedisStore } from '@image-recommender/store-redis'
import { createHnswIndex } from '@image-recommender/index-hnsw'

export const all: readonly object[] = [${entries.map((_, at) => `entry${at}`).join(', ')}]

export async function use(extractor: FeatureExtractor<'BG' | 'dog'>): Promise<'BG' | 'dog' | undefined> {
  const index: SimilarityIndex = await createHnswIndex({ dimensions: 2 })
  const recommender = await createRecommender({ extractor, index })
  const page = await recommender.recommend({ like: [{ objects: { dog: 1 } }] })
  // @ts-expect-error: objects of other names there are none.
  await recommender.recommend({ like: [{ objects: { cat: 1 } }] })
  return page.items[0]?.objects[0]?.object
}

export const stores: ((client: never) => Promise<ImageStore>)[] = [
  (client) => createPostgresStore({ client }),
  (client) => createRedisStore({ client }),
]
`

export async function checkTypes(folder) {
  await writeFile(join(folder, 'consumer.mts'), consumer)
  await writeFile(join(folder, 'consumer.cts'), consumer)
  for (const [name, resolution] of Object.entries(resolutions)) {
    const compilerOptions = {
      ...{ target: 'es2022', lib: ['es2023', 'esnext.disposable'], types: ['node'], strict: true, noEmit: true },
      ...{ exactOptionalPropertyTypes: true, skipLibCheck: false },
      ...resolution,
    }
    // A bundler has no CommonJS.
    const files = name === 'nodenext' ? ['consumer.mts', 'consumer.cts'] : ['consumer.mts']
    const config = `tsconfig.${name}.json`
    await writeFile(join(folder, config), JSON.stringify({ compilerOptions, files }))
    for (const compiler of compilers) {
      const tsc = join(folder, 'node_modules', compiler, 'bin/tsc')
      await run(process.execPath, [tsc, '-p', config], { folder })
    }
  }
}
