import { createLog, type Log } from '@image-recommender/server'
import { messageOf, StartError } from '@image-recommender/server/service'
import { readEnvFile } from './env-file.ts'
import { createScreen, type Screen, screenOfLines } from './screen.ts'
import { help, readSettings } from './settings.ts'
import { type RunningServer, startServer } from './start-server.ts'

// onnxruntime keeps telemetry unless it is told not to, and looks at the environment when it is loaded.
process.env.ORT_DISABLE_TELEMETRY ??= '1'

/** What closing the database and the model may take once all requests are done; after that, what hangs is left to hang. */
const CLOSING_LIMIT_MS = 10_000

let screen: Screen = createScreen(process.stdout)
let log: Log | undefined
const interrupted = new AbortController()
let server: RunningServer | undefined
let asked: number | undefined
let stopLimit = 0

function report(error: unknown): void {
  if (log !== undefined) {
    log.error({ err: error }, 'failed')
    return
  }
  process.stderr.write(`  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  const cause = error instanceof Error ? error.cause : undefined
  if (cause !== undefined) process.stderr.write(`  because: ${messageOf(cause)}\n`)
}

async function stop(exitCode: number): Promise<never> {
  interrupted.abort()
  await server?.stop()
  process.exit(exitCode)
}

function onSignal(): void {
  // npm hands on what the terminal has sent already; only later on is a second time meant as one.
  if (asked !== undefined && Date.now() - asked > 1000) process.exit(130)
  if (asked !== undefined) return
  asked = Date.now()
  screen.line('Stopping', 'requests that are under way finish')
  interrupted.abort()
  setTimeout(() => process.exit(1), stopLimit + CLOSING_LIMIT_MS).unref()
  // Without a server the start gives up by itself.
  if (server !== undefined) void stop(0)
}

async function main(): Promise<void> {
  // npm runs scripts in the repository and says where it was called.
  const folder = process.env.INIT_CWD ?? process.cwd()
  const settings = readSettings(process.argv.slice(2), { ...(await readEnvFile(folder)), ...process.env }, folder)
  if (settings === 'help') {
    process.stdout.write(`${help}\n`)
    return
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  stopLimit = (settings.STOP_DELAY_SECONDS + settings.STOP_LIMIT_SECONDS) * 1000
  if (settings.LOG_LEVEL === undefined) process.stdout.write('Image Recommender\n')
  else {
    // Whoever reads logs by a program wants nothing between their lines.
    const lines = createLog({ level: settings.LOG_LEVEL })
    log = lines
    screen = screenOfLines((topic, text) => lines.info({ topic }, text))
  }
  server = await startServer(settings, { screen, log, report, signal: interrupted.signal })
  await server.filled
  if (!interrupted.signal.aborted) screen.line('Ready', 'Ctrl+C stops it')
}

main().catch(async (error: unknown) => {
  if (interrupted.signal.aborted) return stop(0)
  if (error instanceof StartError) process.stderr.write(`${error.message}\n`)
  else report(error)
  return stop(1)
})
