import { type ExitCode, exitCodes } from './exit-code.ts'

/** What goes wrong in the command line itself; everything else comes from the packages as a RecommenderError. */
export type CommandErrorCode =
  | 'USAGE'
  | 'ABORTED'
  | 'DOWNLOAD_FAILED'
  | 'FOLDER_NOT_FOUND'
  | 'FILE_FAILED'
  | 'IMAGE_NOT_FOUND'
  | 'MODEL_UNAVAILABLE'
  | 'NO_STORE'
  | 'PORT_UNAVAILABLE'
  | 'STORE_FAILED'
  | 'STORE_IN_USE'

/** The message says in one line what is wrong and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode
  readonly exitCode: ExitCode

  constructor(
    code: CommandErrorCode,
    message: string,
    { exitCode = exitCodes.someFailed, cause }: { exitCode?: ExitCode; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.code = code
    this.exitCode = exitCode
  }
}

export function usageError(message: string): CommandError {
  return new CommandError('USAGE', message, { exitCode: exitCodes.usage })
}
