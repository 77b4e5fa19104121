import type { Box, Lab } from './feature-extractor.ts'

/** Where numbers stand in a row, what is unknown is NaN. */
export const UNKNOWN_BOX: Box = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
export const UNKNOWN_COLOR: Lab = [Number.NaN, Number.NaN, Number.NaN]
