import { RecommenderError } from '../errors.ts'
import type { ImageRecord } from '../image-store.ts'

/** Whether a vector is of a space: described in it, and with as many values as it has axes. */
export function isInSpace(
  { spaceId, vector }: Pick<ImageRecord, 'spaceId' | 'vector'>,
  ours: string,
  dimensions: number,
): boolean {
  return spaceId === ours && vector.length === dimensions
}

/** @throws RecommenderError `SPACE_MISMATCH`, saying what was made in which space, and what to do */
export function assertSpace(ours: string, spaceId: string, what: string, remedy: string): void {
  if (spaceId === ours) return
  throw new RecommenderError(
    'SPACE_MISMATCH',
    `${what} in the space '${spaceId}', this recommender works in '${ours}', and vectors of two spaces cannot be compared; ${remedy}.`,
  )
}
