import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-code.ts'
import { shownAddress } from '../secrets.ts'

/** A server that could not be reached, or would not have us. */
export function unreachable(address: string, cause: unknown): CommandError {
  return new CommandError(
    'STORE_FAILED',
    `The store ${shownAddress(address)} cannot be used (${reasonOf(cause)}). Check the address, the server and the password.`,
    { exitCode: exitCodes.unavailable, cause },
  )
}

/** The innermost: what the server or the network said, without what others have wrapped it in. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return reasonOf(error.cause)
  // Where a name has several addresses, each failed for itself and the whole has no message.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(', ')
  return error.message.replace(/\.$/, '')
}
