/**
 * `npm run check:api [-- --write]`: what each entry exports, types and all, as written down in `packages/PACKAGE/api/`. So a change of the
 * interface is a change of a file, which a review sees. Reads what was built: `npm run build` first.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { packages } from './check-packages/packages.js'
import { root } from './workspace.js'

const localBuild = process.argv.includes('--write')
const silent = { default: { logLevel: 'none' } }

let changed = 0
for (const { folder, manifest } of packages) {
  const reports = join(folder, 'api')
  const names = Object.entries(manifest.exports).flatMap(([path, conditions]) =>
    path === './package.json' ? [] : [{ path, types: conditions.import.types }],
  )
  if (names.length > 0) mkdirSync(reports, { recursive: true })
  const written = names.map(({ path, types }) => {
    const name = path === '.' ? 'index' : path.slice(2)
    if (report(folder, name, join(folder, types), reports)) changed++
    return `${name}.api.md`
  })
  const stale = existsSync(reports)
    ? readdirSync(reports).filter((file) => file.endsWith('.md') && !written.includes(file))
    : []
  for (const file of stale) rmSync(join(reports, file))
  changed += stale.length
  rmSync(join(reports, 'temp'), { recursive: true, force: true })
}
if (changed > 0 && !localBuild) {
  console.error(
    `\n${changed} of the interfaces are not as written down. Is that wanted? Then: npm run check:api -- --write`,
  )
  process.exitCode = 1
} else console.log(`the interfaces of ${packages.length} packages are as written down`)

/** @returns whether it differs from what was written down */
function report(folder, name, types, reports) {
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            ...{ target: 'es2022', lib: ['es2023', 'esnext.disposable'], module: 'nodenext', types: ['node'] },
            ...{ strict: true, skipLibCheck: true, typeRoots: [join(root, 'node_modules/@types')] },
          },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: reports,
        reportTempFolder: join(reports, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
  })
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild,
    // Of its own it says where it writes to, which compiler it has, and to copy files by hand.
    messageCallback: (message) => {
      message.handled = message.logLevel !== 'error'
    },
  })
  if (apiReportChanged && !localBuild) {
    const [before, now] = [reports, join(reports, 'temp')].map((path) => join(path, `${name}.api.md`))
    spawnSync('git', ['--no-pager', 'diff', '--no-index', '--', before, now], { stdio: 'inherit' })
  }
  return apiReportChanged
}
