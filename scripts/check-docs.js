/**
 * `npm run check:docs`: compiles every TypeScript and JavaScript block of the documents, runs those of docs/start.md, and holds docs/errors.md against the codes
 * that there are. The README's first program must be examples/quickstart to the letter, whose test runs it and holds what it prints
 * against what the README shows.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { checkErrors } from './docs/check-errors.js'
import { codeBlocks } from './docs/code-blocks.js'
import { runStart } from './docs/run-start.js'
import { root, runTool } from './workspace.js'

// In the package whose dependencies the documents' examples use.
const output = join(root, 'packages/store-postgres/.docs-check')
rmSync(output, { recursive: true, force: true })
mkdirSync(output)
process.on('exit', () => rmSync(output, { recursive: true, force: true }))

// What git knows or would: not what packages, engines and models have brought with them.
const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md']
const documents = execFileSync('git', listed, { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path && !path.startsWith('.changeset/') && !path.endsWith('.api.md'))

let blocks = 0
let links = 0
for (const path of documents) {
  const text = readFileSync(join(root, path), 'utf8')
  links += checkLinks(path, text)
  const flat = path.replaceAll(/[\\/.]/g, '-')
  for (const { name, language, code } of codeBlocks(text)) {
    blocks++
    // One with a name is a file, which others of its document may import.
    const file = join(output, name === undefined ? `${flat}-${blocks}.${language}` : join(flat, name))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${code}\nexport {}\n`)
  }
}

const quickstart = readFileSync(join(root, 'examples/quickstart/index.js'), 'utf8')
if (!readFileSync(join(root, 'README.md'), 'utf8').includes(quickstart)) {
  throw new Error("README.md must contain examples/quickstart/index.js to the letter; it is the README's own example.")
}

const { paths: basePaths } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')).compilerOptions
writeFileSync(
  join(output, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      allowJs: true,
      checkJs: true,
      // What readers have: strict, but not stricter.
      noUncheckedIndexedAccess: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
      // As readers have it, who install all of them.
      paths: {
        ...basePaths,
        ioredis: ['./packages/store-redis/node_modules/ioredis/built/index.d.ts'],
        fastify: ['./packages/server/node_modules/fastify/fastify.d.ts'],
        sharp: ['./packages/core/node_modules/sharp/dist/index.d.mts'],
      },
      baseUrl: root,
    },
    include: ['**/*.ts', '**/*.js', '**/*.mjs'],
  }),
)
runTool('typescript/bin/tsc', ['--noEmit', '-p', output], { says: 'a code block in the documents does not compile' })
console.log(
  `${blocks} code blocks in ${documents.length} documents compile, ${links} links between files lead somewhere`,
)
console.log(`${checkErrors()} codes of errors have a heading each`)
console.log(`${await runStart(output)} programs of docs/start.md run`)

/** Links to files of the repository; what is on the web is not looked up. */
function checkLinks(path, text) {
  let count = 0
  for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
    try {
      readFileSync(join(root, dirname(path), target))
    } catch (error) {
      if (error.code !== 'EISDIR')
        throw new Error(`${path} links to ${relative(root, join(root, dirname(path), target))}, which is not there.`)
    }
    count++
  }
  return count
}
