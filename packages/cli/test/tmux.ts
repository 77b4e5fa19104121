import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { environment, main } from './command.ts'

export const hasTmux = spawnSync('tmux', ['-V']).status === 0

export interface TerminalOptions {
  readonly folder: string
  readonly columns?: number
  readonly rows?: number
  readonly env?: Record<string, string>
}

export interface Terminal {
  /** Types a line to the shell, which finds the built command as `image-recommender`. */
  type(line: string): Promise<void>
  /** Presses a key by tmux's name for it: `C-c`. */
  press(key: string): Promise<void>
  /** The lines that are seen, and those above them, to the last that is not empty. With `colors`, as escape codes. */
  screen(options?: { readonly colors?: boolean }): Promise<string>
  /** Waits until the screen has what fits. */
  showing(pattern: RegExp): Promise<RegExpExecArray>
  close(): Promise<void>
}

const GIVEN_UP_AFTER_MS = 100_000

/** A shell in a real terminal: tmux keeps its screen as a terminal on a desk would. */
export async function openTerminal(options: TerminalOptions): Promise<Terminal> {
  const { folder, columns = 100, rows = 30, env = {} } = options
  // A server of its own, so that no terminal of whoever runs the tests is met; its socket goes with the folder.
  const socket = join(folder, `.tmux-${randomBytes(4).toString('hex')}`)
  const shellEnvironment = environment(env)
  const tmux = async (...args: string[]) => {
    const called = ['-S', socket, '-f', '/dev/null', ...args]
    return (await promisify(execFile)('tmux', called, { cwd: folder, env: shellEnvironment })).stdout
  }
  const bin = join(folder, '.bin')
  await mkdir(bin, { recursive: true })
  const command = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`
  await writeFile(join(bin, 'image-recommender'), command, { mode: 0o755 })
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', folder, 'sh')
  const screen: Terminal['screen'] = async ({ colors = false } = {}) =>
    (await tmux('capture-pane', '-p', '-S', '-', ...(colors ? ['-e'] : []))).trimEnd()
  const showing: Terminal['showing'] = async (pattern) => {
    for (const end = Date.now() + GIVEN_UP_AFTER_MS; ; await sleep(20)) {
      const text = await screen()
      const found = pattern.exec(text)
      if (found) return found
      if (Date.now() > end) throw new Error(`${pattern} is not on the screen:\n${text}`)
    }
  }
  const type: Terminal['type'] = async (line) => {
    await tmux('send-keys', '-l', line)
    await tmux('send-keys', 'Enter')
  }
  await type('PS1="$ "; PATH="$PWD/.bin:$PATH"; clear')
  await showing(/^\$$/)
  return {
    type,
    screen,
    showing,
    press: async (key) => void (await tmux('send-keys', key)),
    close: async () => void (await tmux('kill-server')),
  }
}
