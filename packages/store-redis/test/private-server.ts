import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { Cluster, Redis } from 'ioredis'
import { describe, onTestFinished } from 'vitest'
import type { ConnectionOptions } from './servers.ts'

const engines = resolve(import.meta.dirname, '../../../.engines')

/** Runs a server, says its pid, and ends it when nobody holds the other end any more: when its test was killed, too. */
const KEEPER = `"$@" >/dev/null 2>&1 </dev/null & echo $!; cat >/dev/null; kill -KILL $!; wait $!`

/** A suite that starts and stops servers of its own. Says so where there is no program for that. */
export function describeWithPrivateServer(name: string, suite: () => void): void {
  const program = findProgram()
  const reason = program ? '' : ' (skipped: no redis-server on the PATH, and none in .engines)'
  describe.skipIf(!program)(`${name}${reason}`, suite)
}

/** A Redis of one's own: it may be killed, filled, paused. Ended behind the test. */
export class PrivateServer {
  readonly port: number
  readonly #settings: readonly string[]
  readonly folder = mkdtempSync(join(tmpdir(), 'private-redis-'))
  readonly #clients: Redis[] = []
  #keeper: ChildProcess | undefined
  #pid = 0

  private constructor(port: number, settings: readonly string[]) {
    this.port = port
    this.#settings = settings
  }

  /** `settings` as on the command line. Without any, nothing is ever written to the disk. */
  static async start(...settings: string[]): Promise<PrivateServer> {
    const server = new PrivateServer(await sparePort(), settings)
    onTestFinished(() => server.#end(), 30_000)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const [program, ...args] = findProgram()!
    const basics = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', '']
    const replication = ['--repl-diskless-sync-delay', '0']
    const keeper = ['-c', KEEPER, 'sh', program!, ...args, ...basics, ...replication, ...this.#settings]
    this.#keeper = spawn('sh', keeper, { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#pid = Number(await new Promise((resolve) => this.#keeper!.stdout!.once('data', resolve)))
    while (!(await accepts(this.port))) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** As a machine that loses its power, but for what the kernel has yet to write. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#keeper!.once('exit', resolve))
    this.#keeper!.stdin!.end()
    await ended
    this.#keeper = undefined
  }

  pause(): void {
    process.kill(this.#pid, 'SIGSTOP')
  }

  resume(): void {
    process.kill(this.#pid, 'SIGCONT')
  }

  client(options: ConnectionOptions = {}): Redis {
    const client = new Redis({ port: this.port, host: '127.0.0.1', retryStrategy: () => 20, ...options })
    // Where nobody listens, ioredis writes to the console.
    client.on('error', () => {})
    this.#clients.push(client)
    return client
  }

  async #end(): Promise<void> {
    for (const client of this.#clients) client.disconnect()
    if (this.#keeper) await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A Cluster of three masters of one's own, each with a replica where that is wanted. Ended behind the test. */
export class PrivateCluster {
  /** The masters, as it began. */
  readonly servers: readonly PrivateServer[]
  /** Of each of them, in the same order. */
  readonly replicas: readonly PrivateServer[]
  readonly #clients: Cluster[] = []

  private constructor(servers: readonly PrivateServer[], replicas: readonly PrivateServer[]) {
    this.servers = servers
    this.replicas = replicas
  }

  static async start({ replicas: wanted = false }: { readonly replicas?: boolean } = {}): Promise<PrivateCluster> {
    const settings = ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no']
    // A replica may take over however long it has heard nothing, and soon.
    const election = ['--cluster-node-timeout', '2000', '--cluster-replica-validity-factor', '0']
    const start = () => PrivateServer.start(...settings, ...(wanted ? election : []))
    const servers: PrivateServer[] = []
    const replicas: PrivateServer[] = []
    for (let at = 0; at < 3; at++) servers.push(await start())
    for (let at = 0; at < 3 && wanted; at++) replicas.push(await start())
    const cluster = new PrivateCluster(servers, replicas)
    onTestFinished(() => {
      for (const client of cluster.#clients) client.disconnect()
    })
    for (const [at, server] of servers.entries()) {
      const client = server.client()
      const range = [Math.round((at * 16384) / 3), Math.round(((at + 1) * 16384) / 3) - 1]
      await client.call('cluster', 'addslotsrange', ...range)
    }
    for (const server of [...servers.slice(1), ...replicas])
      await server.client().call('cluster', 'meet', '127.0.0.1', servers[0]!.port)
    await cluster.#agree(servers)
    for (const [at, replica] of replicas.entries()) {
      const client = replica.client()
      const id = await servers[at]!.client().call('cluster', 'myid')
      // It may not have heard of that master yet.
      while (!(await client.call('cluster', 'replicate', String(id)).catch(() => undefined))) await pause(50)
    }
    await cluster.synchronised(...replicas)
    return cluster
  }

  client(): Cluster {
    const client = new Cluster(
      this.servers.map(({ port }) => ({ host: '127.0.0.1', port })),
      { clusterRetryStrategy: () => 20 },
    )
    client.on('error', () => {})
    this.#clients.push(client)
    return client
  }

  /** Kills a master, and starts it again with its slots and without its data. */
  async lose(server: PrivateServer): Promise<void> {
    await server.kill()
    await server.start()
    await this.#agree(this.servers)
  }

  /** Waits until these are replicas that have all that their masters have by now; a link that is up has not brought it yet. */
  async synchronised(...replicas: readonly PrivateServer[]): Promise<void> {
    for (const replica of replicas) {
      const client = replica.client()
      const said = () => client.info('replication')
      while (!/role:slave[\s\S]*master_link_status:up/.test(await said())) await pause(50)
      const port = Number(/master_port:(\d+)/.exec(await said())![1])
      const master = [...this.servers, ...this.replicas].find((server) => server.port === port)!
      const written = Number(/master_repl_offset:(\d+)/.exec(await master.client().info('replication'))![1])
      while (Number(/slave_repl_offset:(\d+)/.exec(await said())![1]) < written) await pause(20)
    }
  }

  /** Waits until a server is a master whose slots are served. */
  async promoted(replica: PrivateServer): Promise<void> {
    const client = replica.client()
    while (!/role:master/.test(await client.info('replication'))) await pause(20)
    while (!/cluster_state:ok/.test(String(await client.call('cluster', 'info')))) await pause(20)
  }

  /** Waits until every one of these knows all the others, and that they are up. */
  async #agree(servers: readonly PrivateServer[]): Promise<void> {
    for (const server of servers) {
      const client = server.client()
      const isReady = async () => {
        const said = String(await client.call('cluster', 'info'))
        const nodes = String(await client.call('cluster', 'nodes'))
        return /cluster_state:ok/.test(said) && /slots_ok:16384/.test(said) && !/fail|handshake/.test(nodes)
      }
      while (!(await isReady())) await pause(50)
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** From the PATH, or the one that `npm run engines -- bring` has put into the repository, with the loader it was built for. */
function findProgram(): string[] | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, 'redis-server')
    if (folder !== '' && isExecutable(program)) return [program]
  }
  const root = join(engines, 'trixie/usr')
  const program = join(root, 'bin/redis-server')
  if (!isExecutable(program)) return undefined
  for (const libraries of readdirSync(join(root, 'lib')).filter((name) => name.endsWith('-linux-gnu'))) {
    const folder = join(root, 'lib', libraries)
    const loader = readdirSync(folder).find((name) => /^ld-linux.*\.so\.\d+$/.test(name))
    if (loader) return [join(folder, loader), '--library-path', folder, program]
  }
  return undefined
}

function isExecutable(path: string): boolean {
  if (!existsSync(path)) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Not among the highest: the masters of a Cluster talk to each other 10,000 above. */
async function sparePort(): Promise<number> {
  const port = await anyPort()
  return port <= 55_535 ? port : sparePort()
}

function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
