import type pg from 'pg'

/**
 * When the connection of a transaction that commits breaks: before the server has heard of it, on the way there, or when it is
 * committed and only the answer is lost.
 */
export type Loss = 'before commit' | 'on the way' | 'answer lost'

/** Breaks the connection of the next transaction that commits. What comes back says whether one did. */
export function losesCommits(pool: pg.Pool): (loss: Loss) => () => boolean {
  let next: Loss | undefined
  // Between transactions connections are the pool's, and there is nobody to hear of their end.
  pool.on('error', () => {})
  pool.on('connect', (connection) => {
    const query = connection.query.bind(connection) as (...given: unknown[]) => Promise<unknown>
    const cut = () =>
      (connection as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
    const losing = async (...given: unknown[]) => {
      const loss = given[0] === 'commit' ? next : undefined
      if (loss === undefined) return query(...given)
      next = undefined
      if (loss === 'before commit') cut()
      const answer = query(...given)
      if (loss === 'on the way') cut()
      await answer
      cut()
      throw new Error('Connection terminated unexpectedly')
    }
    Object.assign(connection, { query: losing })
  })
  return (loss) => {
    next = loss
    return () => next === undefined
  }
}
