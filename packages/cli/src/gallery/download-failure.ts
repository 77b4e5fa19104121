import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-code.ts'

/** The network or the server failed, not the disk and not the caller. The message is a sentence. */
export class DownloadFailure extends CommandError {
  /** Whether another attempt may succeed. */
  readonly passing: boolean

  constructor(message: string, { passing, cause }: { readonly passing: boolean; readonly cause?: unknown }) {
    super('DOWNLOAD_FAILED', message, { exitCode: exitCodes.unavailable, cause })
    this.passing = passing
  }
}
