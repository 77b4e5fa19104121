import { randomBytes } from 'node:crypto'

/** Names a stretch of a store's life in which nothing was lost. */
export function newEpoch(): string {
  return randomBytes(8).toString('hex')
}

/** Names a write. All have the same length, which the scripts rely upon to find one among others. */
export function newWrite(): string {
  return randomBytes(12).toString('hex')
}
