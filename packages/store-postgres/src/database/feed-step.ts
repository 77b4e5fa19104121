import type { FeedStep } from '@image-recommender/core'
import type { Queries } from './database.ts'

export interface StepOptions {
  /** The table whose only row has the position. */
  readonly state: string
  readonly step: FeedStep | undefined
  /** Whether nobody else may write meanwhile. */
  readonly alone: boolean
}

/**
 * Makes a step, as the first statement of a transaction; `false` where the index is not where the step begins. Until the
 * transaction ends nobody moves the index, while any number who need not be alone may write to it as it stands.
 */
export async function makeStep(queries: Queries, { state, step, alone }: StepOptions): Promise<boolean> {
  const lock = alone ? 'no key update' : 'share'
  if (!step) {
    await queries.query(`select from ${state} for ${lock}`)
    return true
  }
  const isThere = 'position is not distinct from $1::text'
  // Who waits for another to move it sees, when that has committed, that it is elsewhere.
  const rows =
    step.from === step.to
      ? await queries.query(`select from ${state} where ${isThere} for ${lock}`, [step.from ?? null])
      : await queries.query(`update ${state} set position = $2::text where ${isThere} returning true`, [
          step.from ?? null,
          step.to ?? null,
        ])
  return rows.length > 0
}
