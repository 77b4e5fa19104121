import { ARGUMENTS, NOW, WHOLE } from '../../client/lua.ts'
import { script } from '../../client/script.ts'

/* How a write goes through the directory. It is open, then committed, then gone; or it is open, and then gone. */

const SWEEP = `
local function sweep(meta, open, commits, lapse, patience)
  local leftovers = {}
  local begun = redis.call('HGETALL', open)
  for at = 1, #begun, 2 do
    if now - tonumber(begun[at + 1]) >= lapse then
      leftovers[#leftovers + 1] = begun[at]
      leftovers[#leftovers + 1] = ''
    end
  end
  local decided = redis.call('HGETALL', commits)
  for at = 1, #decided, 2 do
    local when, buckets = string.match(decided[at + 1], '^%d+ %d+ (%d+) (.*)$')
    if now - tonumber(when) >= patience then
      leftovers[#leftovers + 1] = decided[at]
      leftovers[#leftovers + 1] = buckets
    end
  end
  redis.call('HSET', meta, 'swept', now)
  return leftovers
end`

/**
 * Finds what others left behind: open writes of whom nothing was heard for `lapse` milliseconds, and committed ones that are
 * `patience` old. KEYS: meta, open, commits. ARGV: lapse, patience.
 * Returns write, its buckets, write, its buckets, …; no buckets where it is open.
 */
export const sweep = script(
  'always',
  `${NOW}${SWEEP}
return sweep(KEYS[1], KEYS[2], KEYS[3], tonumber(ARGV[1]), tonumber(ARGV[2]))`,
)

/**
 * Opens a write, and every few seconds looks for what others left behind. KEYS: meta, open, commits. ARGV: the write, lapse,
 * patience, milliseconds between sweeps, a new epoch in case the store is empty, format. Returns as `sweep`.
 */
export const begin = script(
  'always',
  `${NOW}${SWEEP}
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[5])
redis.call('HSETNX', KEYS[1], 'format', ARGV[6])
local leftovers = {}
local since = now - tonumber(redis.call('HGET', KEYS[1], 'swept') or '0')
if since < 0 or since >= tonumber(ARGV[4]) then
  leftovers = sweep(KEYS[1], KEYS[2], KEYS[3], tonumber(ARGV[2]), tonumber(ARGV[3]))
end
redis.call('HSET', KEYS[2], ARGV[1], now)
return leftovers`,
)

/**
 * Keeps some of the ids of an open write, and that somebody is at work on it. KEYS: open, staged. ARGV: the write, frames
 * (length of the id (uint16, little-endian), id). Returns 0 where the write was called off.
 */
export const enlist = script(
  'always',
  `${NOW}
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('HSET', KEYS[1], ARGV[1], now)
return 1`,
)

/**
 * Decides a write: from here on it has happened, whatever happens to whoever made it. KEYS: meta, ids, feed, open, commits,
 * staged. ARGV: the write, "put", "delete" or "erase", how many ids, the buckets, lapse.
 *
 * Returns `committed` and the last of its numbers in the feed; `gone` where it was called off; `outdated` where an id to delete
 * is not there, or one to erase is; or `busy` and the writes, each followed by its buckets, that must get into all buckets before this
 * one may change the same images again.
 */
export const commit = script(
  'always',
  `
local meta, ids, feed, open, commits, staged = unpack(KEYS)
local committed = redis.call('HGET', commits, ARGV[1])
if committed then return {'committed', string.match(committed, '^%d+ (%d+)')} end
${NOW}${WHOLE}
local alive = redis.call('HGET', open, ARGV[1])
if not alive or now - tonumber(alive) >= tonumber(ARGV[5]) then return {'gone'} end
-- Fails on keys of another application before anything is written.
redis.call('ZCARD', ids)
redis.call('ZCARD', feed)
local batches, batch, count = {}, nil, 0
for _, frames in ipairs(redis.call('LRANGE', staged, 0, -1)) do
  local at, length = 1, #frames
  while at <= length do
    if not batch or #batch >= ${ARGUMENTS / 2} then
      batch = {}
      batches[#batches + 1] = batch
    end
    batch[#batch + 1], at = struct.unpack('<I2c0', frames, at)
    count = count + 1
  end
end
if count < tonumber(ARGV[3]) then return {'gone'} end

local ranges = {}
local decided = redis.call('HGETALL', commits)
for at = 1, #decided, 2 do
  local first, last, buckets = string.match(decided[at + 1], '^(%d+) (%d+) %d+ (.*)$')
  ranges[#ranges + 1] = { tonumber(first), tonumber(last), decided[at], buckets }
end
if #ranges > 0 then
  local busy, seen = {'busy'}, {}
  for _, some in ipairs(batches) do
    for _, number in ipairs(redis.call('ZMSCORE', feed, unpack(some))) do
      local changed = number and tonumber(number)
      for _, range in ipairs(ranges) do
        if changed and changed >= range[1] and changed <= range[2] and not seen[range[3]] then
          seen[range[3]] = true
          busy[#busy + 1] = range[3]
          busy[#busy + 1] = range[4]
        end
      end
    end
  end
  if #busy > 1 then return busy end
end

local deletes = ARGV[2] ~= 'put'
if deletes then
  local wanted = ARGV[2] == 'delete'
  for _, some in ipairs(batches) do
    for _, score in ipairs(redis.call('ZMSCORE', ids, unpack(some))) do
      local there = score and true or false
      if there ~= wanted then return {'outdated'} end
    end
  end
end

local clock = tonumber(redis.call('HGET', meta, 'clock') or '0')
local first = clock + 1
for _, some in ipairs(batches) do
  local changes, members = {}, {}
  for at, id in ipairs(some) do
    clock = clock + 1
    changes[2 * at - 1] = clock
    changes[2 * at] = id
    members[2 * at - 1] = '0'
    members[2 * at] = id
  end
  redis.call('ZADD', feed, unpack(changes))
  if deletes then
    redis.call('ZREM', ids, unpack(some))
  else
    redis.call('ZADD', ids, unpack(members))
  end
end
redis.call('HSET', meta, 'clock', whole(clock))
redis.call('HDEL', open, ARGV[1])
redis.call('HSET', commits, ARGV[1], whole(first) .. ' ' .. whole(clock) .. ' ' .. now .. ' ' .. ARGV[4])
return {'committed', whole(clock)}`,
)

/** Forgets a write that is in all buckets. KEYS: commits, staged. ARGV: the write. */
export const finish = script(
  'always',
  `
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('UNLINK', KEYS[2])
return 1`,
)

/** Calls a write off, unless it is committed: returns the last of its numbers then, or 0. KEYS: open, commits, staged. ARGV: the write. */
export const callOff = script(
  'always',
  `
local committed = redis.call('HGET', KEYS[2], ARGV[1])
if committed then return string.match(committed, '^%d+ (%d+)') end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('UNLINK', KEYS[3])
return 0`,
)

/** What became of these writes: `open`, `committed` or `gone`. KEYS: open, commits. ARGV: the writes. */
export const statesOf = script(
  'reads',
  `
local states = {}
for at, write in ipairs(ARGV) do
  if redis.call('HEXISTS', KEYS[2], write) == 1 then
    states[at] = 'committed'
  elseif redis.call('HEXISTS', KEYS[1], write) == 1 then
    states[at] = 'open'
  else
    states[at] = 'gone'
  end
end
return states`,
)
