import { type Colors, colorsOf } from './colors.ts'
import { ProgressLine } from './progress-line.ts'

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
    this.colors = colorsOf(process.stdout)
    this.errorColors = colorsOf(process.stderr)
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
