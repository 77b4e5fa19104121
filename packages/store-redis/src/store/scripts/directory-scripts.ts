import { WHOLE } from '../../client/lua.ts'
import { script } from '../../client/script.ts'

/* What the directory says. */

/**
 * KEYS: meta, ids, feed, open, commits. Returns format, epoch, known servers, mended epoch (each `''` where there is none), and
 * how many writes are under way. Fails where a key is another application's.
 */
export const describe = script(
  'reads',
  `
redis.call('ZCARD', KEYS[2])
redis.call('ZCARD', KEYS[3])
local meta = redis.call('HMGET', KEYS[1], 'format', 'epoch', 'servers', 'mended')
return {meta[1] or '', meta[2] or '', meta[3] or '', meta[4] or '', redis.call('HLEN', KEYS[4]) + redis.call('HLEN', KEYS[5])}`,
)

/**
 * Notes which servers keep the store. Where one of them is new, it may have come up without the latest writes: a new epoch
 * begins, and with it the feed of every reader. KEYS: meta. ARGV: format, new epoch, how many servers to remember, servers.
 */
export const noteServers = script(
  'always',
  `
redis.call('HSETNX', KEYS[1], 'format', ARGV[1])
local fresh = redis.call('HSETNX', KEYS[1], 'epoch', ARGV[2])
local known = redis.call('HGET', KEYS[1], 'servers') or ''
local servers, unknown = {}, {}
for server in string.gmatch(known, '%S+') do servers[#servers + 1] = server end
for at = 4, #ARGV do
  if not string.find(known, ARGV[at], 1, true) then unknown[#unknown + 1] = ARGV[at] end
end
if #unknown == 0 then return 0 end
for _, server in ipairs(unknown) do servers[#servers + 1] = server end
while #servers > tonumber(ARGV[3]) do table.remove(servers, 1) end
redis.call('HSET', KEYS[1], 'servers', table.concat(servers, ' '))
if fresh == 0 then redis.call('HSET', KEYS[1], 'epoch', ARGV[2]) end
return 1`,
)

/**
 * The changes behind a position; from the beginning where the position is of another epoch, or ahead of the clock. KEYS: meta,
 * feed. ARGV: epoch and number of the position, how many. Returns epoch, id, number, id, number, …
 */
export const changesBehind = script(
  'reads',
  `
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'clock')
local after = tonumber(ARGV[2])
if meta[1] ~= ARGV[1] or after > tonumber(meta[2] or '0') then after = 0 end
${WHOLE}
local changes = redis.call('ZRANGE', KEYS[2], '(' .. whole(after), '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[3], 'WITHSCORES')
table.insert(changes, 1, meta[1] or '')
return changes`,
)

/** How many ids there are. KEYS: ids. */
export const count = script('reads', `return redis.call('ZCARD', KEYS[1])`)

/** The ids in the order of their bytes. KEYS: ids. ARGV: from where, as ZRANGE BYLEX wants it, how many. */
export const idsBehind = script(
  'reads',
  `return redis.call('ZRANGE', KEYS[1], ARGV[1], '+', 'BYLEX', 'LIMIT', 0, ARGV[2])`,
)

/** The ids at these places of their order. KEYS: ids. ARGV: places, from 0. */
export const idsAt = script(
  'reads',
  `
local found = {}
for _, place in ipairs(ARGV) do
  local id = redis.call('ZRANGE', KEYS[1], place, place)[1]
  if id then found[#found + 1] = id end
end
return found`,
)

/** The numbers of the last changes of those ids that are there; `''` for the others. KEYS: ids, feed. ARGV: ids. */
export const changesOf = script(
  'reads',
  `
local numbers = redis.call('ZMSCORE', KEYS[2], unpack(ARGV))
for at, there in ipairs(redis.call('ZMSCORE', KEYS[1], unpack(ARGV))) do
  numbers[at] = there and numbers[at] or ''
end
return numbers`,
)

/** What the directory says of ids: `there`, `deleted`, or `unknown`. KEYS: ids, feed. ARGV: ids. */
export const standingsOf = script(
  'reads',
  `
local standings = {}
local known = redis.call('ZMSCORE', KEYS[2], unpack(ARGV))
for at, there in ipairs(redis.call('ZMSCORE', KEYS[1], unpack(ARGV))) do
  standings[at] = there and 'there' or known[at] and 'deleted' or 'unknown'
end
return standings`,
)

/** Takes ids in that have a record, and of which the directory knows nothing. KEYS: meta, ids, feed. ARGV: ids. */
export const adopt = script(
  'writes',
  `${WHOLE}
local clock = tonumber(redis.call('HGET', KEYS[1], 'clock') or '0')
for _, id in ipairs(ARGV) do
  if not redis.call('ZSCORE', KEYS[3], id) then
    clock = clock + 1
    redis.call('ZADD', KEYS[2], 0, id)
    redis.call('ZADD', KEYS[3], whole(clock), id)
  end
end
redis.call('HSET', KEYS[1], 'clock', whole(clock))
return 1`,
)

/** Notes that directory and records agree in this epoch, if it is still the present one. KEYS: meta. ARGV: epoch. */
export const agree = script(
  'always',
  `
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then redis.call('HSET', KEYS[1], 'mended', ARGV[1]) end
return 1`,
)

/**
 * Deletes ids whose records were lost, where nothing has changed them since. KEYS: meta, ids, feed. ARGV: id, number, id,
 * number, …
 */
export const bury = script(
  'always',
  `${WHOLE}
local clock = tonumber(redis.call('HGET', KEYS[1], 'clock') or '0')
for at = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[3], ARGV[at]) == ARGV[at + 1] and redis.call('ZREM', KEYS[2], ARGV[at]) == 1 then
    clock = clock + 1
    redis.call('ZADD', KEYS[3], whole(clock), ARGV[at])
  end
end
redis.call('HSET', KEYS[1], 'clock', whole(clock))
return 1`,
)
