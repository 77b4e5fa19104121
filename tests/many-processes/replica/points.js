/** Parts and clients of a process, with the points at which it can be made to end. */

/** @param {import('@image-recommender/core').ImageStore} store @param {import('./fate.js').Fate} fate */
export function storeWithPoints(store, fate) {
  const around = async (/** @type {string} */ name, /** @type {() => Promise<void>} */ write) => {
    await fate.linger(`before store.${name}`)
    await write()
    await fate.linger('between store and index')
  }
  return {
    put: (records) => around('put', () => store.put(records)),
    delete: (ids) => around('delete', () => store.delete(ids)),
    get: async (ids) => {
      const found = await store.get(ids)
      await fate.linger('between reading the store and writing the index')
      return found
    },
    scan: () => store.scan(),
    sample: (count) => store.sample(count),
    count: () => store.count(),
    changes: (options) => store.changes(options),
    close: () => store.close(),
  }
}

/** @param {import('@image-recommender/core').SimilarityIndex} index @param {import('./fate.js').Fate} fate */
export function indexWithPoints(index, fate) {
  return {
    dimensions: index.dimensions,
    metric: index.metric,
    exact: index.exact,
    shared: index.shared,
    write: async (changes, step) => {
      const who = step && step.from !== step.to ? 'the follower' : 'a writer'
      await fate.linger(`before ${who} writes the index`)
      const isMade = await index.write(changes, step)
      await fate.linger(`behind ${who} that wrote the index`)
      return isMade
    },
    position: () => index.position(),
    search: (request) => index.search(request),
    counts: (where) => index.counts(where),
    close: () => index.close(),
  }
}

/** Of a connection of `pg`: amid transactions, before their end, and when that is on its way. */
export function connectionWithPoints(connection, fate) {
  const query = connection.query
  let isInside = false
  connection.query = function (...given) {
    const text = typeof given[0] === 'string' ? given[0] : given[0]?.text
    if (text === 'commit') fate.pass('before commit')
    else if (isInside) fate.pass('amid a transaction')
    const answer = query.apply(this, given)
    if (text === 'commit') fate.pass('commit on its way')
    if (/^begin/.test(text)) isInside = true
    else if (text === 'commit' || text === 'rollback') isInside = false
    return answer
  }
}

/** Of a client of ioredis: a write is some scripts, one after the other. */
export function redisWithPoints(client, fate) {
  for (const name of ['evalsha', 'eval', 'callBuffer']) {
    const send = client[name]
    client[name] = function (...given) {
      fate.pass('before a script')
      const answer = send.apply(this, given)
      fate.pass('a script on its way')
      return answer
    }
  }
}
