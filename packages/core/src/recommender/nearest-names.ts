import { distance } from 'fastest-levenshtein'

const MOST = 3

/** Those of some names that are the least different from one, in quotes. */
export function nearestNames(name: string, names: readonly string[]): string {
  const wanted = name.slice(0, 100).toLowerCase()
  const ranked = names.map((one) => ({ one, edits: distance(wanted, one.toLowerCase()) }))
  ranked.sort((a, b) => a.edits - b.edits)
  return ranked
    .slice(0, MOST)
    .map(({ one }) => JSON.stringify(one))
    .join(', ')
}
