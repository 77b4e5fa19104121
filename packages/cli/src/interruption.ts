import { type ExitCode, exitCodes } from './exit-code.ts'

export interface Interruption {
  /** Aborted by the first Ctrl-C, by SIGTERM, or when whoever reads the output goes away. */
  readonly signal: AbortSignal
  /** Why it was aborted; `undefined`: it was not. */
  exitCode(): ExitCode | undefined
  /** Hears no more, so that the process can end. */
  end(): void
}

/** The first signal stops cleanly, a second one at once. */
export function hearInterruptions(onFirst: () => void): Interruption {
  const controller = new AbortController()
  let exitCode: ExitCode | undefined

  const stop = (code: ExitCode) => {
    if (exitCode !== undefined) process.exit(exitCode)
    exitCode = code
    controller.abort()
    onFirst()
  }
  const onInterrupt = () => stop(exitCodes.interrupted)
  const onTerminate = () => stop(exitCodes.terminated)
  const onOutputError = (error: NodeJS.ErrnoException) => {
    // `| head` has seen enough. Nobody is left to be told, and it is no failure.
    if (error.code !== 'EPIPE') throw error
    exitCode ??= exitCodes.brokenPipe
    controller.abort()
  }
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  process.stdout.on('error', onOutputError)
  process.stderr.on('error', onOutputError)
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    end() {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
    },
  }
}
