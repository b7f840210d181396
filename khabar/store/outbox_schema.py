r"""The part of the schema that holds webhook messages.

A message is written by the script that ends its job, so there is one for every job that ended and
has a callback, and never two. Its life, by the scripts that move it::

    (a job ends) --> pending --TAKE--> pending, held by a sender --RECORD--> delivered
                      ^  ^                     |         |                \-> dead
                      |  +---- lease runs out -+         +--RECORD: later --> pending
                      +------- REDELIVER ------------------------------- delivered, dead

Messages wait in queues, one for each owner and endpoint (host and port); an owner's endpoints wait
in one sorted set by when they next have something to do, and so do the owners. An endpoint, or an
owner, with as many messages under way as it may have is put off, with all that wait for it: a slow
endpoint holds up no other, and an owner of very many slow ones no other owner. A message keeps its
place while it is being sent, at the end of the sender's lease, so one whose sender died comes up
again.
"""

from typing import Final

from khabar.store.script_base import BASE, PREFIX

MESSAGE: Final = PREFIX + "webhook:"  # + id: hash; as its job after its end
ATTEMPTS: Final = PREFIX + "webhook-attempts:"  # + id: list of JSON; as the message
OWNERS: Final = PREFIX + "webhook-owners"  # sorted set: owner by its next due time
ENDPOINTS: Final = PREFIX + "webhook-endpoints:"  # + owner: sorted set: endpoint by its next time
DUE_AT: Final = PREFIX + "webhook-due:"  # + owner:endpoint: sorted set: message id by its due time
UNDER_WAY: Final = PREFIX + "webhook-under-way:"  # + owner, or owner:endpoint: id by end of lease
MESSAGES: Final = PREFIX + "webhook-messages:"  # + state:owner: sorted set: id by when it got there
BELL: Final = PREFIX + "webhook-bell"  # list of at most one: a sender that waits is woken
SECRETS: Final = PREFIX + "webhook-secrets"  # hash: owner to its live secrets, JSON

ATTEMPTS_KEPT: Final = 50
MESSAGE_PREFIX: Final = "msg_"

OUTBOX: Final = f"""
local MESSAGE, ATTEMPTS, OWNERS, ENDPOINTS = '{MESSAGE}', '{ATTEMPTS}', '{OWNERS}', '{ENDPOINTS}'
local DUE_AT, UNDER_WAY, MESSAGES = '{DUE_AT}', '{UNDER_WAY}', '{MESSAGES}'
local BELL, SECRETS = '{BELL}', '{SECRETS}'

local function queue_of(owner, endpoint) return owner .. ':' .. endpoint end

-- How many more may be under way for an owner, or for one at an endpoint.
local function room_of(name, most)
  redis.call('ZREMRANGEBYSCORE', UNDER_WAY .. name, '-inf', now())
  return most - redis.call('ZCARD', UNDER_WAY .. name)
end

-- Says when an owner, or one of an owner's endpoints, next has something to do: when the first that
-- waits is due, or, with as many under way as may be, when the first of those is given up.
local function place(waiting, member, within, name, most)
  local first = redis.call('ZRANGE', within, 0, 0, 'WITHSCORES')
  if not first[1] then
    redis.call('ZREM', waiting, member)
    return
  end
  local at = tonumber(first[2])
  if room_of(name, most) <= 0 then
    at = math.max(at, tonumber(redis.call('ZRANGE', UNDER_WAY .. name, 0, 0, 'WITHSCORES')[2]))
  end
  redis.call('ZADD', waiting, at, member)
end

local function place_endpoint(owner, endpoint, most)
  local queue = queue_of(owner, endpoint)
  place(ENDPOINTS .. owner, endpoint, DUE_AT .. queue, queue, most)
end

local function place_owner(owner, most)
  place(OWNERS, owner, ENDPOINTS .. owner, owner, most)
end

-- Lets TAKE look there, which puts off again what has as many under way as it may have.
local function show(owner, endpoint)
  redis.call('ZADD', ENDPOINTS .. owner, 'LT', now(), endpoint)
  redis.call('ZADD', OWNERS, 'LT', now(), owner)
end

local function make_due(id, queue, at)
  redis.call('HSET', MESSAGE .. id, 'due', at)
  redis.call('ZADD', DUE_AT .. queue, at, id)
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
  make_due(id, queue_of(f.owner, f.endpoint), now())
  list_message(id, f.owner, nil, 'pending')
  show(f.owner, f.endpoint)
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
-- sender (a new one for each call), lease seconds, most messages, most under way of one owner, most
-- of those at one endpoint
local sender, lease, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local most_of_owner, most_at_endpoint = tonumber(ARGV[4]), tonumber(ARGV[5])
local taken = {}

local function due_in(key, most)
  return redis.call('ZRANGEBYSCORE', key, '-inf', now(), 'LIMIT', 0, most)
end

-- Returns how many were taken.
local function take_from(owner, queue, room)
  local before = #taken
  for _, id in ipairs(due_in(DUE_AT .. queue, room)) do
    local key = MESSAGE .. id
    if redis.call('EXISTS', key) == 0 then
      redis.call('ZREM', DUE_AT .. queue, id)
    else
      redis.call('HSET', key, 'sender', sender)
      make_due(id, queue, now() + lease)
      for _, name in ipairs({owner, queue}) do
        redis.call('ZADD', UNDER_WAY .. name, now() + lease, id)
      end
      count('webhook_attempts')
      taken[#taken + 1] = {redis.call('HGETALL', key),
        redis.call('HGET', SECRETS, redis.call('HGET', key, 'owner')) or '', tostring(now())}
    end
  end
  return #taken - before
end

for _, owner in ipairs(due_in(OWNERS, 200)) do
  if #taken >= most then break end
  local room = math.min(most - #taken, room_of(owner, most_of_owner))
  for _, endpoint in ipairs(due_in(ENDPOINTS .. owner, 200)) do
    if room <= 0 then break end
    local queue = queue_of(owner, endpoint)
    local here = math.min(room, room_of(queue, most_at_endpoint))
    if here > 0 then room = room - take_from(owner, queue, here) end
    place_endpoint(owner, endpoint, most_at_endpoint)
  end
  place_owner(owner, most_of_owner)
end
return taken
"""
)

RECORD: Final = (
    BASE
    + OUTBOX
    + f"""
-- message id, sender, attempt (JSON), state, seconds until the next attempt if it is pending, most
-- under way of one owner, most of those at one endpoint
local id, key, state = ARGV[1], MESSAGE .. ARGV[1], ARGV[4]
if not holds_message(id, ARGV[2]) then return 'lost' end
local endpoint, owner, life = unpack(redis.call('HMGET', key, 'endpoint', 'owner', 'life'))
local queue = queue_of(owner, endpoint)
redis.call('HDEL', key, 'sender')
redis.call('HSET', key, 'last', ARGV[3])
redis.call('HINCRBY', key, 'attempts', 1)
redis.call('RPUSH', ATTEMPTS .. id, ARGV[3])
redis.call('LTRIM', ATTEMPTS .. id, -{ATTEMPTS_KEPT}, -1)
for _, name in ipairs({{owner, queue}}) do redis.call('ZREM', UNDER_WAY .. name, id) end
if state == 'pending' then
  make_due(id, queue, now() + tonumber(ARGV[5]))
else
  redis.call('HSET', key, 'state', state)
  redis.call('HDEL', key, 'due')
  redis.call('ZREM', DUE_AT .. queue, id)
  list_message(id, owner, 'pending', state, tonumber(life))
  redis.call('EXPIRE', key, life)
  redis.call('EXPIRE', ATTEMPTS .. id, life)
  count('webhooks_' .. state)
end
place_endpoint(owner, endpoint, tonumber(ARGV[7]))
place_owner(owner, tonumber(ARGV[6]))
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
make_due(id, queue_of(f[3], f[2]), now())
show(f[3], f[2])
ring()
return 'pending'
"""
)
