import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { StartError } from './start-error.ts'

export interface EmbeddedPostgres {
  /** One connection: PGlite is one backend. */
  readonly pool: pg.Pool
  /** Ends the pool, then the database; all that was committed is on the disk. Closing twice is fine. */
  close(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** The database's own folder; created where it is missing, in one that is there. */
  readonly folder: string
  /** Called when the database dies while it is in use. */
  readonly onCrash?: (error: Error) => void
}

type Said = { port: number } | { failure: string } | 'nothing'

/** Opening takes under 3 seconds, recovery after a crash a little longer; on a machine that is busy with other things, minutes. */
const OPENING_LIMIT_MS = 5 * 60_000
const CLOSING_LIMIT_MS = 5_000

/**
 * A PostgreSQL of one's own, in a folder: PGlite in a worker thread, so that the event loop stays free.
 *
 * @throws StartError where the folder holds something that is no healthy database, or nothing is heard of it for five minutes
 */
export async function startEmbeddedPostgres({ folder, onCrash }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const worker = new Worker(new URL('./postgres-worker.js', import.meta.url), {
    workerData: { folder },
    // PGlite prints what its backend says; a failure is reported by its error.
    stdout: true,
    stderr: true,
  })
  worker.stdout.resume()
  worker.stderr.resume()
  const said = await firstWord(worker)
  if (said === 'nothing') {
    await worker.terminate()
    throw new StartError(
      `The database in ${folder} was not open after ${OPENING_LIMIT_MS / 60_000} minutes. ` +
        'Start again when the machine is less busy; what is stored stays stored.',
    )
  }
  if ('failure' in said) {
    await worker.terminate()
    throw new StartError(
      `The database in ${folder} cannot be opened (${said.failure}). ` +
        'Move that folder away to begin anew: the images are then described again, and none is lost.',
      { cause: new Error(said.failure) },
    )
  }

  let closing: Promise<void> | undefined
  const exited = once(worker, 'exit')
  const crashed = (error: Error) => {
    if (closing === undefined) onCrash?.(error)
  }
  worker.on('error', crashed)
  worker.on('exit', () => crashed(new Error('The database thread has ended')))

  const pool = new pg.Pool({
    host: '127.0.0.1',
    port: said.port,
    user: 'postgres',
    database: 'postgres',
    max: 1,
    idleTimeoutMillis: 0,
  })
  // Without a listener, a broken idle connection would end the process. The next query reconnects or says why not.
  pool.on('error', () => {})

  async function shut(): Promise<void> {
    await within(CLOSING_LIMIT_MS, pool.end())
    worker.postMessage('close')
    await within(CLOSING_LIMIT_MS, exited)
    await worker.terminate()
  }
  return {
    pool,
    close() {
      closing ??= shut()
      return closing
    },
  }
}

async function firstWord(worker: Worker): Promise<Said> {
  const listening = new AbortController()
  const { signal } = listening
  try {
    return await Promise.race([
      once(worker, 'message', { signal }).then(([said]) => said as Said),
      once(worker, 'exit', { signal }).then(() => ({ failure: 'the database thread has ended' })),
      new Promise<Said>((resolve) => {
        const timer = setTimeout(() => resolve('nothing'), OPENING_LIMIT_MS)
        signal.addEventListener('abort', () => clearTimeout(timer))
      }),
    ])
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  } finally {
    listening.abort()
  }
}

/** Waits for `work`, but not for ever. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    work.catch(() => {}),
    new Promise((resolve) => {
      timer = setTimeout(resolve, milliseconds)
    }),
  ])
  clearTimeout(timer)
}
