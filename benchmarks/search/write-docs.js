import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../../docs/performance.md', import.meta.url)
const [begin, end] = ['<!-- bench:search -->', '<!-- /bench:search -->']

const introduction = `# Performance

How fast similar images are found, and what it costs, beside other engines that were given the same images in the same
run. The images are drawn after the statistics of what Mask R-CNN finds on COCO val2017 (\`benchmarks/search/\`); the
figures below come from \`npm run bench:search -- --write-docs\`.

${begin}
${end}
`

/** Replaces what is between the two marks in docs/performance.md. */
export function writeDocs(tables) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : introduction
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/performance.md lacks ${begin} and ${end}.`)
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n\n${tables}\n\n${text.slice(to)}`)
}
