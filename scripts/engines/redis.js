/** One Redis or Valkey: how it is started, known to be ready, and asked for its version. Or one node of a Redis Cluster. */
import { setTimeout as delay } from 'node:timers/promises'
import { runWithin } from './chroot.js'
import { Failure } from './failure.js'

export function redis(suite, { name = 'redis', cluster = false } = {}) {
  const ask = async ([port], ...question) => runWithin(suite, name, [`${name}-cli`, '-p', String(port), ...question])
  return {
    suite,
    user: name,
    // A cluster's nodes talk to each other on ports of their own.
    ports: cluster ? 2 : 1,
    command: (folder, [port, busPort]) => [
      ...[`/usr/bin/${name}-server`, '--dir', folder, '--bind', '127.0.0.1', '--port', String(port)],
      ...['--daemonize', 'no', '--save', '', '--appendonly', 'no'],
      ...(cluster ? ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)] : []),
    ],
    isReady: ({ log }) => /Ready to accept connections/.test(log),
    url: ([port]) => `redis://127.0.0.1:${port}`,
    version: async (ports) => {
      const info = await ask(ports, 'info', 'server')
      // Valkey names the Redis that it is compatible with first.
      const [, product, number] = [...info.matchAll(/^(redis|valkey)_version:(\S+)/gm)].at(-1)
      return `${product} ${number}`
    },
    ask,
  }
}

/** Makes one cluster of masters out of nodes that run. */
export async function joinCluster(node, portsOfAll, { signal }) {
  const addresses = portsOfAll.map(([port]) => `127.0.0.1:${port}`)
  await node.ask(portsOfAll[0], '--cluster', 'create', ...addresses, '--cluster-yes')
  for (const deadline = Date.now() + 60_000; ; await delay(100)) {
    signal.throwIfAborted()
    const told = await Promise.all(portsOfAll.map((ports) => node.ask(ports, 'cluster', 'info')))
    if (told.every((info) => /cluster_state:ok/.test(info) && info.includes(`cluster_size:${addresses.length}`))) return
    if (Date.now() > deadline) throw new Failure(`The Redis Cluster does not come up. A node says:\n${told[0]}`)
  }
}
