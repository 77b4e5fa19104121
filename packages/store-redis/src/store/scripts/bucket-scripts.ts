import { ARGUMENTS } from '../../client/lua.ts'
import { script } from '../../client/script.ts'

/*
 * What happens inside one bucket. KEYS: its records, what the write has staged there. ARGV: the write.
 *
 * Staged things are frames: length of the id (uint16), id, length of the record (uint32), record; little-endian. A record of
 * length 0 stands for a deletion.
 */

/** Fails where the records' key is another application's. */
export const check = script('reads', `return redis.call('HLEN', KEYS[1])`)

/** Some of the ids here, each at least once. ARGV: cursor, as SCAN has it. Returns the next cursor, ids. */
export const idsFrom = script(
  'reads',
  `
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 1000)
local found = {page[1]}
for at = 1, #page[2], 2 do
  if page[2][at] ~= '\\0' then found[#found + 1] = page[2][at] end
end
return found`,
)

const STAGE = `
local writes = redis.call('HGET', KEYS[1], '\\0') or ''
if not string.find(writes, ARGV[1], 1, true) then
  redis.call('HSET', KEYS[1], '\\0', writes .. ARGV[1] .. ' ')
end
redis.call('RPUSH', KEYS[2], ARGV[2])
return 1`

/** Keeps what a write will put here, and names the write where every reader of the bucket sees it. ARGV[2]: frames. */
export const stage = script('writes', STAGE)

/** The same for what will make room. */
export const stageDeletions = script('always', STAGE)

const FORGET = `
local writes = redis.call('HGET', KEYS[1], '\\0') or ''
local from, to = string.find(writes, ARGV[1] .. ' ', 1, true)
if not from then return 0 end
local others = string.sub(writes, 1, from - 1) .. string.sub(writes, to + 1)
local function forget()
  if others == '' then
    redis.call('HDEL', KEYS[1], '\\0')
  else
    redis.call('HSET', KEYS[1], '\\0', others)
  end
  redis.call('UNLINK', KEYS[2])
end`

/** Does what was staged, and returns 1. Once: whoever comes later finds nothing more to do, however late, and gets 0. */
export const apply = script(
  'always',
  `${FORGET}
for _, frames in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  local at, length = 1, #frames
  while at <= length do
    local put, delete = {}, {}
    while at <= length and #put < ${ARGUMENTS} and #delete < ${ARGUMENTS} do
      local id, record
      id, record, at = struct.unpack('<I2c0I4c0', frames, at)
      if #record > 0 then
        put[#put + 1] = id
        put[#put + 1] = record
      else
        delete[#delete + 1] = id
      end
    end
    if #put > 0 then redis.call('HSET', KEYS[1], unpack(put)) end
    if #delete > 0 then redis.call('HDEL', KEYS[1], unpack(delete)) end
  end
end
forget()
return 1`,
)

/** Throws away what was staged. */
export const discard = script('always', `${FORGET}\nforget()\nreturn 1`)
