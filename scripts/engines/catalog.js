/** Every engine, under the name and the environment variable by which tests find it. */
import { postgres } from './postgres.js'
import { redis } from './redis.js'

export const catalog = {
  postgres17: postgres('trixie', 17),
  postgres15: postgres('bookworm', 15),
  redis8: redis('trixie'),
  redis7: redis('bookworm'),
  valkey: redis('trixie', { name: 'valkey' }),
}

export const clusterNode = redis('trixie', { cluster: true })

const variables = {
  TEST_POSTGRES_URL: 'postgres17',
  TEST_POSTGRES15_URL: 'postgres15',
  TEST_REDIS_URL: 'redis8',
  TEST_REDIS7_URL: 'redis7',
  TEST_VALKEY_URL: 'valkey',
  TEST_REDIS_CLUSTER_URLS: 'redisCluster',
}

/** One of each kind, the newest. */
const newest = ['postgres17', 'redis8']

/** What tells tests where the engines of a record are: all, or where `TEST_ENGINES` says so the `newest` alone, or the `others`. */
export function environmentOf(record) {
  const kinds = { newest: (name) => newest.includes(name), others: (name) => !newest.includes(name) }
  const isWanted = kinds[process.env.TEST_ENGINES] ?? (() => true)
  const wanted = Object.entries(variables).filter(([, name]) => isWanted(name))
  return Object.fromEntries(wanted.map(([variable, name]) => [variable, String(record[name])]))
}

/** Whether the caller names servers of his own. Then tests use those alone. */
export const ownServersAreNamed = () => Object.keys(variables).some((variable) => process.env[variable])
