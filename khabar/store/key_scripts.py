"""The scripts that count what an API key sends. Each may be run twice."""

from typing import Final

from khabar.store.schema import RATE, SPENT, TICKET, TICKET_SECONDS

_LIMITS: Final = f"""
local RATE, SPENT, TICKET = '{RATE}', '{SPENT}', '{TICKET}'
local WINDOW, DAY = 60 * 1000000, 24 * 60 * 60

-- Whole numbers, exact in a double: an article weighs WINDOW microseconds, and in each microsecond
-- a bucket for ``rate`` articles loses ``rate``. Lua would write large ones with an exponent.
local function whole(number) return string.format('%.0f', number) end

local time = redis.call('TIME')
local second_of_day = time[1] % DAY
local now = time[1] * 1000000 + time[2]

local function bucket(owner, rate)
  local f = redis.call('HMGET', RATE .. owner, 'level', 'at')
  local passed = math.min(WINDOW, math.max(0, now - (tonumber(f[2]) or now)))
  return math.max(0, (tonumber(f[1]) or 0) - passed * rate)
end

local function fill(owner, rate, level)
  redis.call('HSET', RATE .. owner, 'level', whole(level), 'at', whole(now))
  redis.call('PEXPIRE', RATE .. owner, whole(math.ceil(level / rate / 1000) + 1))
end

local function today(owner)
  return SPENT .. owner .. ':' .. whole((time[1] - second_of_day) / DAY)
end

local function spent(owner) return tonumber(redis.call('GET', today(owner)) or 0) end
"""

ADMIT: Final = (
    _LIMITS
    + f"""
-- key id, ticket, articles wanted, articles a minute, articles a day (0 is without limit)
local owner, ticket = ARGV[1], TICKET .. ARGV[2]
local wanted, rate, daily = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local level, used = 0, spent(owner)
if rate > 0 then level = bucket(owner, rate) end
local taken = tonumber(redis.call('HGET', ticket, 'taken'))
if not taken then
  taken = wanted
  if rate > 0 then taken = math.min(taken, math.floor(rate - level / WINDOW)) end
  if daily > 0 then taken = math.min(taken, daily - used) end
  taken = math.max(0, taken)
  if rate > 0 and taken > 0 then
    level = level + taken * WINDOW
    fill(owner, rate, level)
  end
  if daily > 0 and taken > 0 then
    used = redis.call('INCRBY', today(owner), taken)
    redis.call('EXPIRE', today(owner), 2 * DAY)
  end
  redis.call('HSET', ticket, 'taken', taken, 'day', daily > 0 and today(owner) or '')
  redis.call('EXPIRE', ticket, {TICKET_SECONDS})
end
return {{taken, level, used, second_of_day}}
"""
)

GIVE_BACK: Final = (
    _LIMITS
    + """
-- key id, ticket, articles that were granted and not taken on, articles a minute
local owner, ticket, rate = ARGV[1], TICKET .. ARGV[2], tonumber(ARGV[4])
local level = 0
if rate > 0 then level = bucket(owner, rate) end
local f = redis.call('HMGET', ticket, 'taken', 'day')
if f[1] and redis.call('HSETNX', ticket, 'returned', 1) == 1 then
  local back = math.min(tonumber(f[1]), tonumber(ARGV[3]))
  if rate > 0 then
    level = math.max(0, level - back * WINDOW)
    fill(owner, rate, level)
  end
  if f[2] ~= '' and redis.call('EXISTS', f[2]) == 1 then redis.call('DECRBY', f[2], back) end
end
return {level, spent(owner), second_of_day}
"""
)
