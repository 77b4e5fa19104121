import { CommanderError } from 'commander'
import { CommandError } from './command-error.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'

/** An error as it is told: a stable code, one line, and what the shell is told. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly exitCode: ExitCode
}

/** By the codes of `RecommenderError`; what is not here concerns one image or id. */
const exitCodeOf: Readonly<Record<string, ExitCode>> = {
  INVALID_ARGUMENT: exitCodes.usage,
  SPACE_MISMATCH: exitCodes.unavailable,
  MODEL_UNAVAILABLE: exitCodes.unavailable,
  MODEL_CORRUPT: exitCodes.unavailable,
  EXTRACTOR_FAILED: exitCodes.unavailable,
  STORE_FAILED: exitCodes.unavailable,
  INDEX_FAILED: exitCodes.unavailable,
  ABORTED: exitCodes.interrupted,
}

/** @param interrupted what the shell is told where the command was stopped from outside: then any error is but its consequence */
export function failureOf(error: unknown, interrupted: ExitCode | undefined): Failure {
  if (interrupted !== undefined) {
    const { code, message } = aborted(error)
    return { code, message, exitCode: interrupted }
  }
  if (error instanceof CommandError) return error
  if (error instanceof CommanderError) return { code: 'USAGE', message: usage(error), exitCode: exitCodes.usage }
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNEXPECTED'
  if (error instanceof Error && error.name === 'RecommenderError')
    return { code, message: inOneLine(asAsked(message)), exitCode: exitCodeOf[code] ?? exitCodes.someFailed }
  return { code, message: inOneLine(message), exitCode: exitCodes.unavailable }
}

/** Without the place in a call of which whoever typed a name knows nothing. */
function asAsked(message: string): string {
  return message.replace(/^\w+: .*?: (".*" is no object of this space; .*) \(received .*\)$/s, '$1.')
}

function aborted(error: unknown): { code: string; message: string } {
  if (error instanceof CommandError && error.code === 'ABORTED') return error
  return { code: 'ABORTED', message: 'Stopped. What was stored until then stays.' }
}

/** The parser's own words, without its label and its line break before the nearest name. */
function usage({ message }: CommanderError): string {
  const said = inOneLine(message.replace(/^error: /, '')).replace(/[.]?$/, '.')
  return said.replace(/ \((Did you mean .*\?)\)\.$/, '. $1')
}

function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ')
}
