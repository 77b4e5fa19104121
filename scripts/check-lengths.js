/** `npm run check:lengths`: files of over 300 lines, unless there is a reason. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.js'

const MOST_LINES = 300

const REASONS = {
  'packages/core/src/recommender/recommender.ts': 'the whole interface on one page, most of it documentation',
  'packages/core/src/exact-index/class-sets/block-tree.ts': 'one structure, whose steps all know its layout',
  'packages/core/src/exact-index/class-sets/nearest-search.ts': 'one search, whose steps share its bounds',
  'packages/core/src/testing/image-store-contract.ts': 'one contract',
  'packages/core/src/testing/similarity-index-search-contract.ts': 'one contract',
  'benchmarks/quality/facets.js': 'one study, from its data to its table',
}
/** Tests may be as long as what they promise; what is drawn is a list. */
const LISTS = [/\.test\.ts$/, /^tools\/demo-model\/\w+\.py$/]

const git = [
  'ls-files',
  '--cached',
  '--others',
  '--exclude-standard',
  '*.ts',
  '*.js',
  '*.cjs',
  '*.mjs',
  '*.css',
  '*.py',
  '.ci/run',
]
const files = execFileSync('git', git, { cwd: root, encoding: 'utf8' }).trim().split('\n')
const lines = (path) => readFileSync(join(root, path), 'utf8').split('\n').length - 1
const long = files.filter((path) => lines(path) > MOST_LINES && !LISTS.some((list) => list.test(path)))

const without = long.filter((path) => !(path in REASONS))
const stale = Object.keys(REASONS).filter((path) => !long.includes(path))
for (const path of without)
  console.error(`${path} has ${lines(path)} lines. Give its parts files of their own, or a reason here.`)
for (const path of stale) console.error(`${path} is not that long any more: take its reason away.`)
console.log(`${files.length} files, of which ${long.length} have over ${MOST_LINES} lines, each with a reason`)
process.exitCode = without.length + stale.length > 0 ? 1 : 0
