r"""The part of the schema that holds webhook messages.

A message is written by the script that ends its job, so there is one for every job that ended and
has a callback, and never two. Its life, by the scripts that move it::

    (a job ends) --> pending --TAKE--> pending, held by a sender --RECORD--> delivered
                      ^  ^                     |         |                \-> dead
                      |  +---- lease runs out -+         +--RECORD: later --> pending
                      +------- REDELIVER ------------------------------- delivered, dead

Messages wait in one sorted set for each endpoint (host and port), and endpoints in one sorted set
by when they next have something to do. An endpoint with as many messages under way as it may have
is put off, with all that wait for it: a slow one holds up nobody else. A message keeps its place
while it is being sent, at the end of the sender's lease, so one whose sender died comes up again.
"""

from typing import Final

from khabar.store.script_base import BASE, PREFIX

MESSAGE: Final = PREFIX + "webhook:"  # + id: hash; as its job after its end
ATTEMPTS: Final = PREFIX + "webhook-attempts:"  # + id: list of JSON; as the message
ENDPOINTS: Final = PREFIX + "webhook-endpoints"  # sorted set: endpoint by its next due time
DUE_AT: Final = PREFIX + "webhook-due:"  # + endpoint: sorted set: message id by its due time
UNDER_WAY: Final = PREFIX + "webhook-under-way:"  # + endpoint: sorted set: id by end of lease
MESSAGES: Final = PREFIX + "webhook-messages:"  # + state:owner: sorted set: id by when it got there
BELL: Final = PREFIX + "webhook-bell"  # list of at most one: a sender that waits is woken
SECRETS: Final = PREFIX + "webhook-secrets"  # hash: owner to its live secrets, JSON

ATTEMPTS_KEPT: Final = 50
MESSAGE_PREFIX: Final = "msg_"

OUTBOX: Final = f"""
local MESSAGE, ATTEMPTS, ENDPOINTS = '{MESSAGE}', '{ATTEMPTS}', '{ENDPOINTS}'
local DUE_AT, UNDER_WAY, MESSAGES = '{DUE_AT}', '{UNDER_WAY}', '{MESSAGES}'
local BELL, SECRETS = '{BELL}', '{SECRETS}'

-- Says when an endpoint next has something to do: when its first message is due, or, with as many
-- under way as it may have, when the first of those is given up.
local function place_endpoint(endpoint, most)
  local under_way = UNDER_WAY .. endpoint
  redis.call('ZREMRANGEBYSCORE', under_way, '-inf', now())
  local first = redis.call('ZRANGE', DUE_AT .. endpoint, 0, 0, 'WITHSCORES')
  if not first[1] then
    redis.call('ZREM', ENDPOINTS, endpoint)
    return
  end
  local at = tonumber(first[2])
  if redis.call('ZCARD', under_way) >= most then
    at = math.max(at, tonumber(redis.call('ZRANGE', under_way, 0, 0, 'WITHSCORES')[2]))
  end
  redis.call('ZADD', ENDPOINTS, at, endpoint)
end

local function make_due(id, endpoint, at)
  redis.call('HSET', MESSAGE .. id, 'due', at)
  redis.call('ZADD', DUE_AT .. endpoint, at, id)
end

local function ring()
  redis.call('LPUSH', BELL, 1)
  redis.call('LTRIM', BELL, 0, 0)
end

-- Puts a message into the list of its state; an ended one leaves it when its record expires.
local function list_message(id, owner, before, state, life)
  if before then redis.call('ZREM', MESSAGES .. before .. ':' .. owner, id) end
  local key = MESSAGES .. state .. ':' .. owner
  redis.call('ZADD', key, now(), id)
  if state == 'pending' then return end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now() - life)
  redis.call('EXPIRE', key, life)
end

-- Writes the message about a job that has just ended, if it has a callback.
local function write_message(job_key, state)
  local names = {{'callback', 'endpoint', 'id', 'owner', 'article', 'length', 'recipe', 'languages',
    'life'}}
  local values, f = redis.call('HMGET', job_key, unpack(names)), {{}}
  if not values[1] then return end
  for i, name in ipairs(names) do f[name] = values[i] end
  local id = '{MESSAGE_PREFIX}' .. f.id
  if redis.call('EXISTS', MESSAGE .. id) == 1 then return end
  local languages = {{}}
  for language in string.gmatch(f.languages, '%S+') do
    local fate = redis.call('HMGET', job_key, 'state:' .. language, 'error:' .. language)
    languages[language] = {{state = fate[1], error = fate[2] and cjson.decode(fate[2]).code or nil}}
  end
  redis.call('HSET', MESSAGE .. id, 'id', id, 'job', f.id, 'owner', f.owner,
    'callback', f.callback, 'endpoint', f.endpoint, 'state', 'pending', 'job_state', state,
    'created', now(), 'attempts', 0, 'article', f.article, 'length', f.length,
    'recipe', f.recipe, 'languages', cjson.encode(languages), 'life', f.life)
  make_due(id, f.endpoint, now())
  list_message(id, f.owner, nil, 'pending')
  -- As many as may be may be under way there, which puts it off: TAKE finds out.
  redis.call('ZADD', ENDPOINTS, 'LT', now(), f.endpoint)
  count('webhooks_queued')
  ring()
end

local function holds_message(id, sender)
  return redis.call('HGET', MESSAGE .. id, 'sender') == sender
end
"""

TAKE: Final = (
    BASE
    + OUTBOX
    + """
-- sender (a new one for each call), lease seconds, most messages, most under way at one endpoint
local sender, lease = ARGV[1], tonumber(ARGV[2])
local most, at_once = tonumber(ARGV[3]), tonumber(ARGV[4])
local taken = {}
for _, endpoint in ipairs(redis.call('ZRANGEBYSCORE', ENDPOINTS, '-inf', now(), 'LIMIT', 0, 200)) do
  if #taken >= most then break end
  local due, under_way = DUE_AT .. endpoint, UNDER_WAY .. endpoint
  redis.call('ZREMRANGEBYSCORE', under_way, '-inf', now())
  local room = math.min(most - #taken, at_once - redis.call('ZCARD', under_way))
  if room > 0 then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now(), 'LIMIT', 0, room)) do
      local key = MESSAGE .. id
      if redis.call('EXISTS', key) == 0 then
        redis.call('ZREM', due, id)
      else
        redis.call('HSET', key, 'sender', sender)
        make_due(id, endpoint, now() + lease)
        redis.call('ZADD', under_way, now() + lease, id)
        count('webhook_attempts')
        taken[#taken + 1] = {redis.call('HGETALL', key),
          redis.call('HGET', SECRETS, redis.call('HGET', key, 'owner')) or '', tostring(now())}
      end
    end
  end
  place_endpoint(endpoint, at_once)
end
return taken
"""
)

RECORD: Final = (
    BASE
    + OUTBOX
    + f"""
-- message id, sender, attempt (JSON), state, seconds until the next attempt if it is pending,
-- most under way at one endpoint
local id, key, state = ARGV[1], MESSAGE .. ARGV[1], ARGV[4]
if not holds_message(id, ARGV[2]) then return 'lost' end
local f = redis.call('HMGET', key, 'endpoint', 'owner', 'life')
local endpoint = f[1]
redis.call('HDEL', key, 'sender')
redis.call('HSET', key, 'last', ARGV[3])
redis.call('HINCRBY', key, 'attempts', 1)
redis.call('RPUSH', ATTEMPTS .. id, ARGV[3])
redis.call('LTRIM', ATTEMPTS .. id, -{ATTEMPTS_KEPT}, -1)
redis.call('ZREM', UNDER_WAY .. endpoint, id)
if state == 'pending' then
  make_due(id, endpoint, now() + tonumber(ARGV[5]))
else
  redis.call('HSET', key, 'state', state)
  redis.call('HDEL', key, 'due')
  redis.call('ZREM', DUE_AT .. endpoint, id)
  list_message(id, f[2], 'pending', state, tonumber(f[3]))
  redis.call('EXPIRE', key, f[3])
  redis.call('EXPIRE', ATTEMPTS .. id, f[3])
  count('webhooks_' .. state)
end
place_endpoint(endpoint, tonumber(ARGV[6]))
return state
"""
)

REDELIVER: Final = (
    BASE
    + OUTBOX
    + """
-- message id
-- One that is being sent at this moment stays as it is.
local id, key = ARGV[1], MESSAGE .. ARGV[1]
local f = redis.call('HMGET', key, 'state', 'endpoint', 'owner', 'sender', 'due')
if not f[1] then return 'unknown' end
if f[1] == 'pending' and f[4] and tonumber(f[5]) > now() then return 'pending' end
redis.call('HSET', key, 'state', 'pending', 'attempts', 0)
redis.call('PERSIST', key)
redis.call('PERSIST', ATTEMPTS .. id)
list_message(id, f[3], f[1], 'pending')
make_due(id, f[2], now())
redis.call('ZADD', ENDPOINTS, 'LT', now(), f[2])
ring()
return 'pending'
"""
)
