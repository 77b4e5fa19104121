import { readFileSync, writeFileSync } from 'node:fs'

/** Replaces what is between the two marks of a benchmark in a document of docs/. */
export function writeDocs(document, benchmark, tables) {
  const file = new URL(`../../docs/${document}`, import.meta.url)
  const [begin, end] = [`<!-- bench:${benchmark} -->`, `<!-- /bench:${benchmark} -->`]
  const text = readFileSync(file, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/${document} lacks ${begin} and ${end}.`)
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n\n${tables}\n\n${text.slice(to)}`)
}
