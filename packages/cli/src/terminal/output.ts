import type { WriteStream } from 'node:tty'
import pc from 'picocolors'
import { ProgressLine } from './progress-line.ts'

type Stream = NodeJS.WriteStream & Partial<WriteStream>
export type Colors = ReturnType<typeof pc.createColors>

/** Results go to stdout, everything else to stderr, so that what is piped on holds results only. */
export class Output {
  readonly json: boolean
  /** Of stdout. */
  readonly colors: Colors
  /** Of stderr. */
  readonly errorColors: Colors
  readonly progress: ProgressLine

  constructor({ json, progress }: { readonly json: boolean; readonly progress: boolean | undefined }) {
    this.json = json
    this.colors = pc.createColors(hasColors(process.stdout))
    this.errorColors = pc.createColors(hasColors(process.stderr))
    this.progress = new ProgressLine(process.stderr, this.errorColors, progress)
  }

  /** A line of the result. */
  print(line = ''): void {
    this.progress.end()
    process.stdout.write(`${line}\n`)
  }

  /** The result as one document, in one line. */
  printJson(document: unknown): void {
    this.progress.end()
    process.stdout.write(`${JSON.stringify(document)}\n`)
  }

  /** What somebody should know who reads along. */
  note(line: string): void {
    this.progress.end()
    process.stderr.write(`${line}\n`)
  }
}

/** https://no-color.org */
function hasColors(stream: Stream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
}
