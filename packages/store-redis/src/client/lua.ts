/** Pieces of Lua that several scripts share. */

/** `now`: the server's clock in milliseconds, so that clients' clocks do not matter. */
export const NOW = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)`

/** `whole(number)`: as text. Lua itself would write large ones with an exponent. */
export const WHOLE = `
local function whole(number) return string.format('%.0f', number) end`

/** Lua passes at most some 8,000 arguments to a command. */
export const ARGUMENTS = 2000
