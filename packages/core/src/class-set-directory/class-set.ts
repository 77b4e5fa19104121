/** A class set as a server keeps it. */
export interface ClassSet {
  /** 0..2³² - 1. */
  readonly number: number
  /** Ascending. */
  readonly axes: Uint16Array
  /** Between these are all coordinates of all members. */
  readonly low: number
  readonly high: number
}

/** Where a vector belongs: its class set, and its place in there. */
export interface VectorPlace {
  readonly axes: Uint16Array
  /** 0..2⁴⁸ - 1. */
  readonly code: number
  readonly low: number
  readonly high: number
}

/** A set of which some members may pass a filter. */
export interface AdmittedSet {
  readonly number: number
  readonly axes: Uint16Array
  /** Whether all of them do, and are above 0 on each of these axes. */
  readonly isWhole: boolean
}
