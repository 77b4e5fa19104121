export interface Screen {
  /** One line: what it is about, and what about it. */
  line(topic: string, text: string): void
  /** One topic's progress: a bar where there is a terminal, else a line now and then. */
  progress(topic: string): Progress
}

export interface Progress {
  /** `unit` names what is counted, e.g. `images`. */
  update(done: number, total: number, unit: string): void
  /** Takes the bar away; what came of it is said by the next line. */
  end(): void
}

/** For people: lines with what they are about in front, and a bar where there is a terminal. */
export function createScreen(out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>): Screen {
  return out.isTTY ? screenWithBar(out) : screenOfLines((topic, text) => out.write(`${label(topic)}${text}\n`))
}

/** Without a terminal: a line for each of these shares of a progress. */
const SHARES = 4

export function screenOfLines(line: Screen['line']): Screen {
  return {
    line,
    progress(topic) {
      let share = 0
      return {
        update(done, total, unit) {
          const reached = Math.floor((done / total) * SHARES)
          if (reached <= share || reached === SHARES) return
          share = reached
          line(topic, `${done} of ${total} ${unit}`)
        },
        end() {},
      }
    },
  }
}

const BAR_LENGTH = 28

function screenWithBar(out: Pick<NodeJS.WriteStream, 'write'>): Screen {
  // A bar that is being drawn stays the last line.
  let bar = ''
  const clear = () => (bar === '' ? '' : `\r${' '.repeat(bar.length)}\r`)
  return {
    line(topic, text) {
      out.write(`${clear()}${label(topic)}${text}\n${bar}`)
    },
    progress(topic) {
      const begun = Date.now()
      let drawn = 0
      return {
        update(done, total, unit) {
          if (done < total && Date.now() - drawn < 80) return
          drawn = Date.now()
          const filled = Math.round((done / total) * BAR_LENGTH)
          const text = `${label(topic)}${'█'.repeat(filled)}${'░'.repeat(BAR_LENGTH - filled)} ${done} of ${total} ${unit}${timeLeft(done, total, Date.now() - begun)}`
          const before = clear()
          bar = text
          out.write(before + text)
        },
        end() {
          if (bar !== '') out.write(clear())
          bar = ''
        },
      }
    },
  }
}

function label(topic: string): string {
  return `  ${topic.padEnd(10)} `
}

function timeLeft(done: number, total: number, elapsed: number): string {
  if (elapsed < 2000 || done === 0 || done === total) return ''
  const seconds = Math.ceil(((elapsed / done) * (total - done)) / 1000)
  return seconds < 120 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`
}
