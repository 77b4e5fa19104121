/** Ten times what the service can do, asked for without waiting for answers: what it does then, and how soon it is itself again. */
import { loadavg } from 'node:os'
import { createClient } from './overload/client.js'
import { measureOverload } from './overload/measure.js'
import { searches, uploads } from './overload/requests.js'
import { spread } from './spread.js'
import { startService } from './start-service.js'

const rows = [
  ['capacity, requests/s: clients that wait for answers', 'capacity', 0],
  ['p50 at a tenth of that, ms', 'idleP50', 1],
  ['p99 at a tenth of that, ms', 'idleP99', 1],
  ['offered, requests/s', 'offered', 0],
  ['accepted, requests/s', 'accepted', 0],
  ['refused with 503, requests/s', 'refused', 0],
  ['answered otherwise, or not at all', 'others', 0],
  ['p50 of the accepted, ms', 'p50', 1],
  ['p99 of the accepted, ms', 'p99', 1],
  ['the same, without that by which they were sent too late', 'sentP99', 1],
  ['p99 of the accepted : p99 at a tenth', 'times', 2],
  ['accepted : capacity', 'share', 2],
  ['p99 of the refused, ms', 'refusedP99', 1],
  ['p99 of `/v1/health` meanwhile, ms', 'healthP99', 1],
  ['`/v1/health` not answered', 'healthFailed', 0],
  ['as fast again after, ms', 'calmAfter', 0],
  ['memory before, MB', 'before', 0],
  ['largest memory, MB', 'largest', 0],
  ['memory five seconds after, MB', 'after', 0],
  ['requests were sent too late by, p99, ms', 'lateP99', 1],
  ['load of the machine', 'load', 1],
]

export async function overload({ images, seconds, rounds }) {
  const kinds = [
    { name: '`/get_similar`', requests: searches(images), clients: 4 },
    { name: '`/upload_file`', requests: await uploads(), clients: 3 },
  ]
  const columns = []
  for (const { requests, clients } of kinds) {
    const found = []
    for (let round = 0; round < rounds; round++) {
      const service = await startService(images)
      const client = createClient(service.url)
      try {
        const parts = { ask: client.ask, memory: service.memory, requests, clients, seconds }
        found.push({ ...(await measureOverload(parts)), load: loadavg()[0] })
      } finally {
        client.close()
        await service.stop()
      }
    }
    columns.push(found)
  }
  console.log(
    `| ten times the capacity for ${seconds} s, ${images} images | ${kinds.map(({ name }) => name).join(' | ')} |`,
  )
  console.log(`|---|${kinds.map(() => '---:|').join('')}`)
  for (const [what, name, digits] of rows) {
    const cells = columns.map((found) =>
      spread(
        found.map((result) => result[name]),
        digits,
      ),
    )
    console.log(`| ${what} | ${cells.join(' | ')} |`)
  }
  console.log()
}
