import type { PooledConnection, PostgresPool } from './client.ts'

/**
 * Takes a connection out of a pool and listens to it from the moment on at which the pool does so no longer. A promise would resolve
 * a little later, and the connection's death may come in the same packet as what made it free: nobody would hear of it, and
 * Node would end the process.
 */
export function takeOut(pool: PostgresPool, onDeath: (error: Error) => void): Promise<PooledConnection> {
  return new Promise((resolve, reject) => {
    pool.connect((error, connection) => {
      if (!connection) return reject(error)
      connection.on?.('error', onDeath)
      resolve(connection)
    })
  })
}
