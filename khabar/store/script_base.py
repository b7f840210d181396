"""What every key and every script starts with."""

from typing import Final

VERSION: Final = 1
PREFIX: Final = f"khabar:{VERSION}:"
COUNTERS: Final = PREFIX + "counters"  # hash: totals since the store was made

BASE: Final = f"""
local COUNTERS = '{COUNTERS}'

local function now()
  local t = redis.call('TIME')
  return t[1] + t[2] / 1e6
end

local function count(name, by) redis.call('HINCRBY', COUNTERS, name, by or 1) end
"""
