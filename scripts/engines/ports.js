import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports of loopback that nobody listens on. They may be taken before they are used; whoever uses them asks again then. */
export async function sparePorts(count) {
  // All are held until the last is found, so that they differ.
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(probes.map((probe) => once(probe, 'listening')))
  const ports = probes.map((probe) => probe.address().port)
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')))
  return ports
}
