import type { Command } from 'commander'
import type { ExitCode } from './exit-code.ts'
import { type Settings, settingsOf } from './settings.ts'
import type { Output } from './terminal/output.ts'

/** What every command works with. */
export interface Context {
  readonly settings: Settings
  readonly output: Output
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** A command's work: its arguments and its options as the parser gives them. */
export type Task<Args extends readonly unknown[]> = (context: Context, ...args: Args) => Promise<ExitCode>

/** Makes of a command's work what the parser calls. */
export type Act = <Args extends readonly unknown[]>(task: Task<Args>) => (...given: unknown[]) => Promise<void>

export function contextOf(command: Command, output: Output, signal: AbortSignal): Context {
  return { settings: settingsOf(command), output, signal }
}
