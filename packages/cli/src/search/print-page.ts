import type { Page } from '@image-recommender/core'
import type { Output } from '../terminal/output.ts'
import { printable } from '../terminal/printable.ts'
import { reasonsInWords } from './reasons-in-words.ts'

/** Longer ids push the reasons of their own line aside, and of no other. */
const ID_COLUMN = 48

/** @param query what was asked for: `title` in words, `json` as it is told to programs */
export function printPage(
  output: Output,
  query: { readonly title: string; readonly json: object },
  { items, objects, nothingRecognised, nextCursor }: Page,
): void {
  if (output.json)
    output.printJson({ query: query.json, objects, nothingRecognised, items, nextCursor: nextCursor ?? null })
  else {
    output.print(output.colors.bold(printable(query.title)))
    if (nothingRecognised) output.print('Nothing was recognised in it, so there is nothing to go by.')
    else if (items.length === 0) output.print('No image is like that.')
    else printItems(output, items)
  }
}

function printItems(output: Output, items: Page['items']): void {
  const { cyan, dim, green } = output.colors
  const width = Math.min(ID_COLUMN, Math.max(...items.map(({ id }) => printable(id).length)))
  for (const item of items) {
    const id = printable(item.id).padEnd(width)
    const duplicates = item.nearDuplicates.length === 0 ? '' : `; near-duplicates: ${item.nearDuplicates.join(', ')}`
    output.print(`${green(item.score.toFixed(2))}  ${cyan(id)}  ${dim(reasonsInWords(item) + printable(duplicates))}`)
  }
}
