import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

export interface ServerProcess {
  readonly child: ChildProcess
  /** All that it has printed so far. */
  output(): string
  errors(): string
  /** Waits until it has printed this. */
  printed(text: string): Promise<void>
  /** Sends a signal where one is given, and waits for the end. @returns the exit code */
  ended(signal?: NodeJS.Signals): Promise<number | null>
}

/** The built server as a process of its own. */
export function startProcess(commandLine: readonly string[], environment: Record<string, string> = {}): ServerProcess {
  if (!existsSync(main)) throw new Error('examples/server is not built; `npm test` does that first.')
  const { INIT_CWD: _, PORT: __, HOST: ___, DATA_FOLDER: ____, ...inherited } = process.env
  const child = spawn(process.execPath, [main, ...commandLine], { env: { ...inherited, PORT: '0', ...environment } })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const exit = once(child, 'exit')
  return {
    child,
    output: () => output,
    errors: () => errors,
    async printed(text) {
      while (!output.includes(text)) {
        const over = await Promise.race([once(child.stdout, 'data').then(() => false), exit.then(() => true)])
        if (over && !output.includes(text)) throw new Error(`It ended without printing ${text}:\n${output}\n${errors}`)
      }
    },
    async ended(signal) {
      if (signal !== undefined) child.kill(signal)
      const [code] = await exit
      return code
    },
  }
}
