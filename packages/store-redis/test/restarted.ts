import { isCluster, type RedisClient, type RedisConnection } from '../src/client/client.ts'
import { through } from './faulty-client.ts'

/** The same servers, but one of them says that it was restarted since. */
export function restarted(real: RedisClient): RedisClient {
  const speaksAnew = (node: RedisConnection): RedisConnection =>
    through(node, async (command, _, send) => {
      const reply = await send()
      return command === 'info' ? String(reply).replace(/^run_id:./m, 'run_id:x') : reply
    })
  if (!isCluster(real)) return speaksAnew(real)
  return {
    ...through(real),
    nodes: (role) => real.nodes(role).map((node, at) => (at === 2 ? speaksAnew(node) : through(node))),
  }
}
