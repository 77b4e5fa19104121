import { RecommenderError } from '../errors.ts'
import type { FeatureSpace } from '../feature-extractor.ts'

/** @throws RecommenderError `SPACE_MISMATCH`, saying what was made in which space, and what to do */
export function assertSpace(space: Pick<FeatureSpace, 'id'>, spaceId: string, what: string, remedy: string): void {
  if (spaceId === space.id) return
  throw new RecommenderError(
    'SPACE_MISMATCH',
    `${what} in the space '${spaceId}', this recommender works in '${space.id}', and vectors of two spaces cannot be compared; ${remedy}.`,
  )
}
