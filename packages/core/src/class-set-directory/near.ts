/** Members of a class set whose codes are from `first` to `last`. */
export interface CodeRange {
  /** The number of the set. */
  readonly set: number
  readonly first: number
  readonly last: number
}

/** The first members, by their ids, of those with one code. */
export interface PointPage {
  readonly set: number
  readonly code: number
  /** Only ids whose UTF-8 bytes come after this one's. */
  readonly after: string
  /** At most so many members. */
  readonly most: number
}

/** What a search fetches at a time. */
export interface Near {
  readonly ranges: readonly CodeRange[]
  readonly points: readonly PointPage[]
}

/** Ranges that touch each other as one, in the order of sets and codes: a server reads them in one go. */
export function joined(ranges: CodeRange[]): CodeRange[] {
  ranges.sort((a, b) => a.set - b.set || a.first - b.first)
  const result: CodeRange[] = []
  for (const range of ranges) {
    const last = result.at(-1)
    if (last?.set === range.set && last.last + 1 === range.first) {
      result[result.length - 1] = { ...last, last: range.last }
    } else result.push(range)
  }
  return result
}
