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

/** What tells tests where the engines of a record are. */
export const environmentOf = (record) =>
  Object.fromEntries(Object.entries(variables).map(([variable, name]) => [variable, String(record[name])]))

/** Whether the caller names servers of his own. Then tests use those alone. */
export const ownServersAreNamed = () => Object.keys(variables).some((variable) => process.env[variable])
