/** Writes `api/`: a page for each entry of the packages, made of the docstrings. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = fileURLToPath(new URL('api', import.meta.url))

const entries = {
  '@image-recommender/core': 'core/src/index.ts',
  '@image-recommender/core/mask-rcnn': 'core/src/mask-rcnn/index.ts',
  '@image-recommender/core/detr': 'core/src/detr/index.ts',
  '@image-recommender/core/embedding': 'core/src/embedding/index.ts',
  '@image-recommender/core/exact-index': 'core/src/exact-index/index.ts',
  '@image-recommender/core/testing': 'core/src/testing/index.ts',
  '@image-recommender/core/parts': 'core/src/parts/index.ts',
  '@image-recommender/store-postgres': 'store-postgres/src/index.ts',
  '@image-recommender/store-redis': 'store-redis/src/index.ts',
  '@image-recommender/index-hnsw': 'index-hnsw/src/index.ts',
  '@image-recommender/server': 'server/src/index.ts',
  '@image-recommender/server/service': 'server/src/service/index.ts',
}

/** The pages, for whoever leads there. */
export const apiPages = Object.keys(entries).map((name) => ({ name, link: `/api/${name.replaceAll('/', '.')}` }))

async function write() {
  const { Application, ReflectionKind } = await import('typedoc')
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: Object.values(entries).map((path) => join(root, 'packages', path)),
    tsconfig: join(root, 'tsconfig.json'),
    basePath: root,
    // What is wrong with types is said by `tsc`, which has looked at all of this before.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    readme: 'none',
    name: 'API',
    disableSources: true,
    validation: false,
    logLevel: 'Warn',
    // Of the markdown plugin.
    outputFileStrategy: 'modules',
    entryFileName: 'index',
    flattenOutputFiles: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    parametersFormat: 'table',
    sanitizeComments: true,
  })
  const project = await app.convert()
  if (project === undefined) throw new Error('TypeDoc did not read the packages.')
  const modules = project.getReflectionsByKind(ReflectionKind.Module)
  for (const module of modules) {
    // TypeDoc calls a module after its folder.
    const found = Object.entries(entries).find(([, path]) => `packages/${path}` === `${module.name}/index.ts`)
    if (found === undefined) throw new Error(`${module.name} is no entry of a package.`)
    module.name = found[0]
  }
  rmSync(out, { recursive: true, force: true })
  await app.outputs.writeOutput({ name: 'markdown', path: out }, project)
  if (app.logger.hasErrors()) process.exitCode = 1
  console.log(`${modules.length} pages of the API`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await write()
