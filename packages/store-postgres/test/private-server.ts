import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { describe, onTestFinished } from 'vitest'

/** Debian with PostgreSQL, as `npm run engines -- bring` puts it into the repository. To enter it one must be root. */
const root = resolve(import.meta.dirname, '../../../.engines/trixie')
const programs = '/usr/lib/postgresql/17/bin'

/** Runs a server, and ends it when nobody holds the other end any more: when its test was killed, too. */
const KEEPER = `"$@" >/dev/null 2>&1 </dev/null & cat >/dev/null; kill -QUIT $!; wait $!`

/** A suite that starts, stops and fills servers of its own. Says so where it cannot. */
export function describeWithPrivateServer(name: string, suite: () => void): void {
  const can = process.getuid?.() === 0 && existsSync(join(root, programs, 'postgres'))
  const reason = can ? '' : ' (skipped: needs root, and PostgreSQL 17 in .engines)'
  describe.skipIf(!can)(`${name}${reason}`, suite)
}

/** A PostgreSQL of one's own: it may be killed, filled, restored into. Ended behind the test. */
export class PrivateServer {
  readonly port: number
  /** Outside, as this process sees it. */
  readonly folder = mkdtempSync(join(root, 'srv/private-'))
  readonly #pools: pg.Pool[] = []
  #keeper: ChildProcess | undefined

  private constructor(port: number) {
    this.port = port
  }

  static async start(): Promise<PrivateServer> {
    const server = await PrivateServer.#prepare()
    const data = ['--pgdata', server.within('data'), '--username=postgres', '--auth=trust', '--no-sync']
    await server.run('initdb', ...data, '--encoding=UTF8', '--locale=C.UTF-8')
    await server.start()
    return server
  }

  static async #prepare(): Promise<PrivateServer> {
    const server = new PrivateServer(await sparePort())
    onTestFinished(() => server.#end(), 60_000)
    await promisify(execFile)('chown', [owner(), server.folder])
    return server
  }

  /** Another one that follows this one, and only reads. */
  async standby(): Promise<PrivateServer> {
    const standby = await PrivateServer.#prepare()
    const data = ['--pgdata', standby.within('data'), '--checkpoint=fast', '--no-sync']
    await this.run('pg_basebackup', ...data, '--write-recovery-conf')
    await standby.start()
    return standby
  }

  /** The same place inside that Debian. */
  within(name: string): string {
    return `${this.folder.slice(root.length)}/${name}`
  }

  /** Runs one of PostgreSQL's programs; resolves to what it printed. */
  async run(program: string, ...options: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('chroot', inside(`${programs}/${program}`, ...options), {
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        LANG: 'C.UTF-8',
        PGUSER: 'postgres',
        PGHOST: '127.0.0.1',
        PGPORT: String(this.port),
      },
      maxBuffer: 2 ** 26,
    })
    return stdout
  }

  async start(): Promise<void> {
    const settings = [`port=${this.port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']
    const postgres = inside(
      `${programs}/postgres`,
      ...['-D', this.within('data')],
      ...[...settings, 'dynamic_shared_memory_type=mmap', 'shared_buffers=16MB'].flatMap((setting) => ['-c', setting]),
    )
    this.#keeper = spawn('sh', ['-c', KEEPER, 'sh', 'chroot', ...postgres], { stdio: ['pipe', 'ignore', 'ignore'] })
    const note = join(this.folder, 'data/postmaster.pid')
    const isReady = () => existsSync(note) && /^ready\s*$/m.test(readFileSync(note, 'utf8'))
    while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** At once, without any farewell. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#keeper!.once('exit', resolve))
    this.#keeper!.stdin!.end()
    await ended
    this.#keeper = undefined
    // What is left of it would look as if the next one were ready.
    rmSync(join(this.folder, 'data/postmaster.pid'), { force: true })
  }

  pool(config: pg.PoolConfig = {}): pg.Pool {
    const pool = new pg.Pool({ host: '127.0.0.1', port: this.port, user: 'postgres', max: 4, ...config })
    pool.on('error', () => {})
    this.#pools.push(pool)
    return pool
  }

  async #end(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()))
    if (this.#keeper) await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function inside(...command: string[]): string[] {
  return [`--userspec=${owner()}`, '--groups=', root, ...command]
}

function owner(): string {
  const entry = readFileSync(join(root, 'etc/passwd'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith('postgres:'))
  const [, , user, group] = entry!.split(':')
  return `${user}:${group}`
}

function sparePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
