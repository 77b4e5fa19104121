import { NOW } from '../../client/lua.ts'
import { script } from '../../client/script.ts'

/* What the index's directory says: what it is, which class sets there are, how far it is, and who may move it. */

/**
 * Makes the index where there is none. KEYS: meta, sets, log. ARGV: format, dimensions, metric, buckets, generation. Returns these as they
 * are then, and whatever was not there before is as given. Fails where a key is another application's.
 */
export const open = script(
  'always',
  `
redis.call('HLEN', KEYS[2])
redis.call('LLEN', KEYS[3])
local names = {'format', 'dimensions', 'metric', 'buckets', 'generation'}
if not redis.call('HGET', KEYS[1], 'format') then
  for at, name in ipairs(names) do redis.call('HSET', KEYS[1], name, ARGV[at]) end
  redis.call('UNLINK', KEYS[2], KEYS[3])
end
return redis.call('HMGET', KEYS[1], unpack(names))`,
)

/** KEYS: meta. Returns generation, position, and the servers that have kept the index. */
export const describe = script('reads', `return redis.call('HMGET', KEYS[1], 'generation', 'position', 'servers')`)

/**
 * Adds class sets to the log, or widens them. KEYS: meta, sets, log. ARGV: generation, an entry that nobody else has, frames (length of
 * the axes (1 byte), axes, low, high (float64)). Returns `other` where the generation is another, or `made`.
 *
 * An entry of the log: axes, low, high. Behind those of a call is the entry by which a reader knows that it has read this log.
 */
export const makeSets = script(
  'writes',
  `
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 'other' end
redis.call('LLEN', KEYS[3])
local frames, at, made = ARGV[3], 1, false
while at <= #frames do
  local axes, low, high
  axes, low, high, at = struct.unpack('<Bc0dd', frames, at)
  local bounds = redis.call('HGET', KEYS[2], axes)
  if bounds then
    local least, most = struct.unpack('<dd', bounds)
    low, high = math.min(low, least), math.max(high, most)
  end
  local wanted = struct.pack('<dd', low, high)
  if bounds ~= wanted then
    redis.call('HSET', KEYS[2], axes, wanted)
    redis.call('RPUSH', KEYS[3], axes .. wanted)
    made = true
  end
end
if made then redis.call('RPUSH', KEYS[3], ARGV[2]) end
return 'made'`,
)

/**
 * Entries of the log. KEYS: meta, log. ARGV: how many the reader knows, the last of them, how many it wants. Returns generation; 1 where the
 * log goes on from there, 0 where it is another and is read from its beginning; how many there are; entries.
 */
export const readLog = script(
  'reads',
  `
local first, goesOn = tonumber(ARGV[1]), 1
if first > 0 and redis.call('LINDEX', KEYS[2], first - 1) ~= ARGV[2] then first, goesOn = 0, 0 end
local entries = redis.call('LRANGE', KEYS[2], first, first + ARGV[3] - 1)
return {redis.call('HGET', KEYS[1], 'generation') or '', goesOn, redis.call('LLEN', KEYS[2]), entries}`,
)

/**
 * Says that class sets were lost: a bucket knows of more. Then writes were lost too, and the index is to be filled again. KEYS: meta, log. ARGV:
 * how many entries there were at least.
 */
export const padLog = script(
  'always',
  `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local lost = ARGV[1] - redis.call('LLEN', KEYS[2])
if lost <= 0 then return 0 end
for _ = 1, lost do redis.call('RPUSH', KEYS[2], '') end
redis.call('HDEL', KEYS[1], 'position')
return 1`,
)

/** `move`: to a position as it is told and kept, "=" before its text, or `none`. */
export const MOVE = `
local function move(meta, position)
  if position == 'none' then
    redis.call('HDEL', meta, 'position')
  else
    redis.call('HSET', meta, 'position', position)
  end
end`

const CHECK = `
local meta = redis.call('HMGET', KEYS[1], 'generation', 'position', 'counter', 'claimed', 'by', 'last')
if meta[1] ~= ARGV[1] then return {'other'} end
if tonumber(ARGV[2]) > 0 and redis.call('LINDEX', KEYS[2], ARGV[2] - 1) ~= ARGV[3] then return {'lost'} end`

const CHECK_POSITION = `${CHECK}
if meta[6] == ARGV[5] then return {'written'} end
if ARGV[4] ~= (meta[2] or 'none') then return {'moved'} end`

/**
 * Before a write without a step. KEYS: meta, log. ARGV: generation, how many entries of the log the writer knows, the last of them. Returns
 * `begun`, `other` or `lost`.
 */
export const begin = script('reads', `${CHECK}\nreturn {'begun'}`)

/**
 * Before a write with a step. ARGV also: the position that must be there, a name that no other write has, a fence that others have seen, for how
 * many milliseconds a claim holds. Returns `begun` and a fence above all others; `busy` where somebody else has claimed the position;
 * `moved`; or `written` where this write is done.
 */
export const claim = script(
  'always',
  `${CHECK_POSITION}${NOW}
local age = meta[4] and now - tonumber(meta[4])
local isClaimed = age and age >= 0 and age < tonumber(ARGV[7])
local fence = math.max(tonumber(meta[3] or '0'), tonumber(ARGV[6]))
if isClaimed and meta[5] ~= ARGV[5] then return {'busy'} end
-- The client may send a command again whose answer was lost.
if not isClaimed or fence ~= tonumber(meta[3]) then fence = fence + 1 end
redis.call('HSET', KEYS[1], 'counter', string.format('%.0f', fence), 'claimed', now, 'by', ARGV[5])
return {'begun', string.format('%.0f', fence)}`,
)

/**
 * Moves the position, if nobody has claimed it since. ARGV also: the fence, the new position. Returns `written`, `superseded`, or what
 * `claim` returns.
 */
export const finish = script(
  'always',
  `${CHECK_POSITION}${MOVE}
if meta[3] ~= ARGV[6] then return {'superseded'} end
redis.call('HSET', KEYS[1], 'last', ARGV[5])
redis.call('HDEL', KEYS[1], 'claimed', 'by')
move(KEYS[1], ARGV[7])
return {'written'}`,
)

/**
 * Notes which servers keep the index. Where one of them is new, it may have come up without the latest writes: the index is to be filled again.
 * KEYS: meta. ARGV: how many servers to remember, servers.
 */
export const noteServers = script(
  'always',
  `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local known = redis.call('HGET', KEYS[1], 'servers')
local servers, unknown = {}, false
for server in string.gmatch(known or '', '%S+') do servers[#servers + 1] = server end
for at = 2, #ARGV do
  if not string.find(known or '', ARGV[at], 1, true) then
    servers[#servers + 1] = ARGV[at]
    unknown = true
  end
end
if not unknown then return 0 end
while #servers > tonumber(ARGV[1]) do table.remove(servers, 1) end
redis.call('HSET', KEYS[1], 'servers', table.concat(servers, ' '))
if known then redis.call('HDEL', KEYS[1], 'position') end
return 1`,
)
