import { script } from '../../client/script.ts'
import { MOVE } from './index-scripts.ts'

/*
 * What happens inside one bucket. KEYS: state, counts, dense, and with what the names of members and of places begin. Names that
 * are made from those have the same hash tag, and so are on the same server.
 *
 * A place is where an image's member is: its code in 6 bytes, the highest first, and the axes of its class set; empty where it is
 * in no class set. Numbers in frames are little-endian.
 */

const STATE = `
local state, counts, dense, members, places = unpack(KEYS)`

/** `firstOf`: the rank of the first member at a code whose bytes are not below `start`, and the rank behind the last one. */
const RANKS = `
local function isBelow(some, others)
  for at = 1, #others do
    local one, other = string.byte(some, at), string.byte(others, at)
    if one ~= other then return not one or one < other end
  end
  return false
end
local function firstOf(key, code, start)
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. code)
  local behind = low + redis.call('ZCOUNT', key, code, code)
  local high = behind
  while start ~= '' and low < high do
    local middle = math.floor((low + high) / 2)
    if isBelow(redis.call('ZRANGE', key, middle, middle)[1], start) then low = middle + 1 else high = middle end
  end
  return low, behind
end`

const HEAD = `
local head = redis.call('HMGET', state, 'generation', 'sets', 'clock')
local reply = {head[1] or '', head[2] or '0', head[3] or '0', redis.call('ZCARD', dense)}`

/**
 * Members of class sets: those between codes, and the first by their ids of those at one code. ARGV: how many members of a range are too
 * many; frames of ranges (length of the axes (1 byte), axes, first and last code (float64)); frames of points (length of the axes, axes,
 * code (float64), length of an id (uint16), the id behind which they are or '', how many (uint32)).
 *
 * Returns generation, version of the sets, clock, how many are in no set; how many each range and each point has, and all of them one behind
 * the other. Of a range with too many there are just so many.
 */
export const fetchNear = script(
  'reads',
  `${STATE}${HEAD}${RANKS}
local many, ranges, points = unpack(ARGV)
local sizes, found = {}, {}
local function add(some)
  sizes[#sizes + 1] = #some
  found[#found + 1] = table.concat(some)
end
local at = 1
while at <= #ranges do
  local axes, first, last
  axes, first, last, at = struct.unpack('<Bc0dd', ranges, at)
  add(redis.call('ZRANGEBYSCORE', members .. axes, string.format('%.0f', first), string.format('%.0f', last), 'LIMIT', 0, many))
end
at = 1
while at <= #points do
  local axes, code, after, most
  axes, code, after, most, at = struct.unpack('<Bc0dI2c0I4', points, at)
  local key = members .. axes
  local first, behind = firstOf(key, string.format('%.0f', code), after == '' and '' or after .. '\\1')
  add(first < behind and redis.call('ZRANGE', key, first, math.min(first + most, behind) - 1) or {})
end
reply[5] = table.concat(sizes, ' ')
reply[6] = table.concat(found)
return reply`,
)

/** Members that are in no set, in the order of their ids. ARGV: behind which id, or '', how many. Returns as `fetchNear`. */
export const fetchDense = script(
  'reads',
  `${STATE}${HEAD}
local from = ARGV[1] == '' and '-' or '[' .. ARGV[1] .. '\\1'
local some = redis.call('ZRANGE', dense, from, '+', 'BYLEX', 'LIMIT', 0, ARGV[2])
reply[5] = tostring(#some)
reply[6] = table.concat(some)
return reply`,
)

/**
 * How many members class sets have, and where among the codes some of them are. ARGV: of how many members one is to be told of, of how many in
 * a set at most, axes. Returns size, codes, size, codes, …
 */
export const sizesOf = script(
  'reads',
  `${STATE}
local sizes = {}
for at = 3, #ARGV do
  local key = members .. ARGV[at]
  local size = redis.call('ZCARD', key)
  local codes = {}
  local drawn = math.min(math.floor(size / ARGV[1]), tonumber(ARGV[2]))
  for nth = 1, drawn do
    local rank = math.floor((nth - 0.5) * size / drawn)
    codes[nth] = redis.call('ZRANGE', key, rank, rank, 'WITHSCORES')[2]
  end
  sizes[#sizes + 1] = tostring(size)
  sizes[#sizes + 1] = table.concat(codes, ' ')
end
return sizes`,
)

/** In how many images each axis is above 0: name, number, name, number, … */
export const countsOf = script('reads', `return redis.call('HGETALL', KEYS[2])`)

/**
 * Puts and deletes images. ARGV: generation, version of the sets that the writer knows, bytes an axis, dimensions, and frames (length of
 * the id (uint16), id, hash of its place (uint16), length of the place (1 byte), place, length of the member (uint32), member; no
 * member where it is to be deleted).
 *
 * First everything is read that will be written: a key of another application, or a slot on its way to another server, fails the
 * script before anything has changed.
 */
const WRITE = `
local width, dimensions, frames = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local function codeOf(place)
  local high, low = struct.unpack('>I4I2', place)
  return string.format('%.0f', high * 65536 + low)
end
local function keyOf(place) return place == '' and dense or members .. string.sub(place, 7) end
local FEW = 8
local function find(id, place)
  local start = id .. '\\0'
  local key = keyOf(place)
  if place == '' then return redis.call('ZRANGE', key, '[' .. start, '(' .. id .. '\\1', 'BYLEX')[1] end
  local code = codeOf(place)
  local some = redis.call('ZRANGE', key, code, code, 'BYSCORE', 'LIMIT', 0, FEW)
  for _, member in ipairs(some) do
    if string.sub(member, 1, #start) == start then return member end
  end
  if #some < FEW then return nil end
  local first = firstOf(key, code, start)
  local member = redis.call('ZRANGE', key, first, first)[1]
  return member and string.sub(member, 1, #start) == start and member or nil
end

local changes = {}
redis.call('HLEN', counts)
redis.call('ZCARD', dense)
local at, length = 1, #frames
while at <= length do
  local id, hash, place, member
  id, hash, place, member, at = struct.unpack('<I2c0I2Bc0I4c0', frames, at)
  local key = places .. hash
  local old = redis.call('HGET', key, id)
  local oldMember = old and find(id, old)
  local isPut = member ~= ''
  if isPut and not (old == place and oldMember == member) then
    redis.call('ZCARD', keyOf(place))
    changes[#changes + 1] = { id, key, old, oldMember, place, member }
  elseif old and not isPut then
    changes[#changes + 1] = { id, key, old, oldMember }
  end
end

local difference, total = {}, 0
local function tally(id, place, member, by)
  total = total + by
  local value = #id + 2
  local function add(axis) difference[axis] = (difference[axis] or 0) + by end
  if place == '' then
    for axis = 0, dimensions - 1 do
      local a, b, c, d = string.byte(member, value, value + 3)
      if d < 128 and a + b + c + d > 0 then add(axis) end
      value = value + 4
    end
  else
    for column = 7, #place, width do
      local axis = string.byte(place, column)
      if width == 2 then axis = axis * 256 + string.byte(place, column + 1) end
      if string.byte(member, value + 3) < 128 then add(axis) end
      value = value + 4
    end
  end
end
for _, change in ipairs(changes) do
  local id, key, old, oldMember, place, member = unpack(change, 1, 6)
  if oldMember then
    redis.call('ZREM', keyOf(old), oldMember)
    tally(id, old, oldMember, -1)
  end
  if member then
    redis.call('ZADD', keyOf(place), place == '' and '0' or codeOf(place), member)
    redis.call('HSET', key, id, place)
    tally(id, place, member, 1)
  else
    redis.call('HDEL', key, id)
  end
end
for axis, by in pairs(difference) do
  if by ~= 0 then redis.call('HINCRBY', counts, axis, by) end
end
if total ~= 0 then redis.call('HINCRBY', counts, 'total', total) end
redis.call('HSET', state, 'generation', ARGV[1])
if tonumber(now[2] or '0') < tonumber(ARGV[2]) then redis.call('HSET', state, 'sets', ARGV[2]) end
if #changes > 0 then redis.call('HINCRBY', state, 'clock', 1) end`

const SAME_GENERATION = `
local now = redis.call('HMGET', state, 'generation', 'sets', 'fence')
if now[1] and now[1] ~= ARGV[1] then return {'other bucket'} end`

/** ARGV[6]: the fence of the writer, or '' where nobody can be in its way. Returns `written`, or `fenced` and by which fence. */
const FENCED = `${STATE}${SAME_GENERATION}
if ARGV[6] ~= '' and tonumber(now[3] or '0') > tonumber(ARGV[6]) then return {'fenced', now[3]} end
${RANKS}${WRITE}
if ARGV[6] ~= '' then redis.call('HSET', state, 'fence', ARGV[6]) end
return {'written'}`

/**
 * Where all is on one server: writes, and moves the position, in one step. KEYS also: meta, log. ARGV[6]: the last entry of the log that the
 * writer knows. ARGV[7]: '' or the position that must be there, ARGV[8]: the one that it moves to, ARGV[9]: a name that no other write has.
 */
const AT_ONCE = `${STATE}
local meta, log = KEYS[6], KEYS[7]
local there = redis.call('HMGET', meta, 'generation', 'position', 'last')
if there[1] ~= ARGV[1] then return {'other'} end
-- The client may send a command again whose answer was lost.
if ARGV[7] ~= '' and there[3] == ARGV[9] then return {'written'} end
if ARGV[7] ~= '' and ARGV[7] ~= (there[2] or 'none') then return {'moved'} end
if tonumber(ARGV[2]) > 0 and redis.call('LINDEX', log, ARGV[2] - 1) ~= ARGV[6] then return {'lost'} end
${SAME_GENERATION}${RANKS}${MOVE}${WRITE}
if ARGV[7] ~= '' then
  redis.call('HSET', meta, 'last', ARGV[9])
  move(meta, ARGV[8])
end
return {'written'}`

export const writeFenced = script('writes', FENCED)
export const deleteFenced = script('always', FENCED)
export const writeAtOnce = script('writes', AT_ONCE)
export const deleteAtOnce = script('always', AT_ONCE)

/**
 * Empties some of the hashes of places, and the class sets that they lead to; with the last of them, all. ARGV: generation, first hash, last
 * hash, whether they are the last.
 */
export const clear = script(
  'always',
  `${STATE}
if redis.call('HGET', state, 'generation') == ARGV[1] then return 0 end
for hash = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  local places = places .. string.format('%.0f', hash)
  for _, place in ipairs(redis.call('HVALS', places)) do
    if place ~= '' then redis.call('UNLINK', members .. string.sub(place, 7)) end
  end
  redis.call('UNLINK', places)
end
if ARGV[4] == '1' then
  redis.call('UNLINK', dense, counts, state)
  redis.call('HSET', state, 'generation', ARGV[1])
end
return 1`,
)
