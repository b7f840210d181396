"""The scripts that put another glossary in force, or none. Each may be run twice."""

from typing import Final

from khabar.store.schema import (
    COMPUTATION,
    DUE,
    GLOSSARIES,
    GLOSSARY,
    GLOSSARY_CHANGED,
    GLOSSARY_FILES,
    GLOSSARY_OF,
)
from khabar.store.script_base import BASE

_GLOSSARIES: Final = (
    BASE
    + f"""
local COMPUTATION, DUE = '{COMPUTATION}', '{DUE}'
local GLOSSARY, GLOSSARIES, GLOSSARY_OF = '{GLOSSARY}', '{GLOSSARIES}', '{GLOSSARY_OF}'
local GLOSSARY_FILES, GLOSSARY_CHANGED = '{GLOSSARY_FILES}', '{GLOSSARY_CHANGED}'
"""
    + """
local function parse(value)
  return string.match(value or '', '^(%S+) (%S+) (%S+) (%S+)$')
end

-- condition: "" for none, "-" if there must be no glossary, "*" if there must be one, else the tags
-- one of which it must have.
local function fits(condition, tag)
  if condition == '' then return true end
  if condition == '-' then return not tag end
  if condition == '*' then return tag ~= nil end
  for wanted in string.gmatch(condition, '%S+') do if wanted == tag then return true end end
  return false
end
"""
)

PUT_GLOSSARY: Final = (
    _GLOSSARIES
    + """
-- recipe, digest, entries, tag, terms (JSON), text, condition, most that are kept
local recipe, digest, entries, tag, condition = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[7]
local before, _, since, had = parse(redis.call('HGET', GLOSSARY_OF, recipe))
if had == tag then return {'there', redis.call('HGET', GLOSSARY_OF, recipe)} end
if not fits(condition, had) then return {'changed', had or ''} end

-- Those replaced longest ago make room, but none that a recipe or open work still names. Work that
-- waits for its source has the glossary of its source, which is due.
local known = redis.call('EXISTS', GLOSSARY .. digest)
local over = redis.call('ZCARD', GLOSSARIES) + 1 - known - tonumber(ARGV[8])
if over > 0 then
  local needed = {[digest] = true}
  local current = redis.call('HGETALL', GLOSSARY_OF)
  for i = 1, #current, 2 do
    if current[i] ~= recipe then needed[string.sub(current[i + 1], 1, 64)] = true end
  end
  for _, id in ipairs(redis.call('ZRANGE', DUE, 0, -1)) do
    local named = redis.call('HGET', COMPUTATION .. id, 'glossary')
    if named then needed[named] = true end
  end
  local dropped = {}
  for _, old in ipairs(redis.call('ZRANGE', GLOSSARIES, 0, -1)) do
    if #dropped < over and not needed[old] then dropped[#dropped + 1] = old end
  end
  if #dropped < over then return {'full', redis.call('ZCARD', GLOSSARIES)} end
  for _, old in ipairs(dropped) do
    redis.call('DEL', GLOSSARY .. old)
    redis.call('ZREM', GLOSSARIES, old)
  end
end

redis.call('SET', GLOSSARY .. digest, ARGV[5])
redis.call('ZADD', GLOSSARIES, now(), digest)
if before ~= digest then since = now() end
local value = table.concat({digest, entries, since, tag}, ' ')
redis.call('HSET', GLOSSARY_OF, recipe, value)
redis.call('HSET', GLOSSARY_FILES, recipe, ARGV[6])
redis.call('PUBLISH', GLOSSARY_CHANGED, recipe)
return {had and 'replaced' or 'new', value}
"""
)

REMOVE_GLOSSARY: Final = (
    _GLOSSARIES
    + """
-- recipe, condition
local _, _, _, had = parse(redis.call('HGET', GLOSSARY_OF, ARGV[1]))
if not fits(ARGV[2], had) then return 'changed' end
if not had then return 'unknown' end
redis.call('HDEL', GLOSSARY_OF, ARGV[1])
redis.call('HDEL', GLOSSARY_FILES, ARGV[1])
redis.call('PUBLISH', GLOSSARY_CHANGED, ARGV[1])
return 'removed'
"""
)
