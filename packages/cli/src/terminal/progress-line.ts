import type { Colors } from './colors.ts'

export interface Progress {
  readonly label: string
  readonly done: number
  readonly total: number
  /** Behind the bar: rate, time left. */
  readonly details: string
}

const REDRAW_MS = 80
const BAR = 24

/** The last line of a terminal, drawn over and over. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  readonly #colors: Colors
  readonly #shown: boolean
  #drawn = false
  #latest: Progress | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param shown by default where the stream is a terminal that can go back */
  constructor(
    stream: NodeJS.WriteStream,
    colors: Colors,
    shown = stream.isTTY === true && process.env.TERM !== 'dumb',
  ) {
    this.#stream = stream
    this.#colors = colors
    this.#shown = shown
  }

  /** What goes on, where nobody knows how long it takes. */
  say(text: string): void {
    this.#forget()
    this.#draw(text.slice(0, this.#width()))
  }

  /** Drawn some times a second, however often it is called; the last of what was said is drawn in any case. */
  update(progress: Progress): void {
    this.#latest = progress
    if (this.#timer !== undefined) return
    this.#drawLatest()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#latest) this.update(this.#latest)
    }, REDRAW_MS).unref()
  }

  /** Takes the line away. */
  end(): void {
    this.#forget()
    if (this.#drawn) this.#stream.write('\r\x1b[2K')
    this.#drawn = false
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#latest = undefined
  }

  #drawLatest(): void {
    const { label, done, total, details } = this.#latest!
    this.#latest = undefined
    const share = total === 0 ? 1 : done / total
    const full = Math.round(share * BAR)
    const head = `${label} `
    const tail = ` ${`${Math.floor(share * 100)}`.padStart(3)} %  ${details}`
    // In a narrow window the numbers are worth more than the bar.
    if (head.length + BAR + tail.length > this.#width()) this.#draw(`${label}${tail}`.slice(0, this.#width()))
    else {
      const { cyan, dim } = this.#colors
      this.#draw(`${head}${cyan('█'.repeat(full))}${dim('░'.repeat(BAR - full))}${tail}`)
    }
  }

  #draw(text: string): void {
    if (!this.#shown) return
    this.#stream.write(`\r\x1b[2K${text}`)
    this.#drawn = true
  }

  #width(): number {
    return (this.#stream.columns || 80) - 1
  }
}
