import { RecommenderError } from '@image-recommender/core'

/** Where in the feed a change is: in which epoch of the store, and its number there. */
export interface Position {
  readonly epoch: string
  readonly number: number
}

export const beginning: Position = { epoch: '', number: 0 }

export function formatPosition({ epoch, number }: Position): string {
  return `${epoch}.${number}`
}

export function parsePosition(text: string): Position {
  const [, epoch, digits] = /^([0-9a-f]{16})\.(\d{1,16})$/.exec(text) ?? []
  const number = Number(digits)
  if (epoch !== undefined && Number.isSafeInteger(number)) return { epoch, number }
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is no position of a Redis store; give one that it handed out, or none to begin at the beginning.`,
  )
}
