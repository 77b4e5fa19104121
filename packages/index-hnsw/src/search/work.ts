/** What decides between the graph and a scan. */
export interface Work {
  /** About how many images pass the filter. */
  readonly passing: number
  /** How many candidates are to be gathered. */
  readonly wanted: number
  /** Links per vector. */
  readonly m: number
  /** Vectors in the graph, those included that have been taken out. */
  readonly slots: number
}

/**
 * How many vectors native code compares, with what it has to do for them, while one is compared here; measured: 4 to 8.
 */
const NATIVE_SPEED = 4

/**
 * Whether to compare the query with all that pass is less work than to follow the graph. The graph gathers `wanted` by
 * comparing about m times as many, and the more, the smaller the share of those that count. So small collections,
 * narrow filters and graphs that are mostly deleted are scanned, and their matches exact.
 */
export function isScanLess({ passing, wanted, m, slots }: Work): boolean {
  return passing <= wanted || NATIVE_SPEED * passing ** 2 <= wanted * m * slots
}
