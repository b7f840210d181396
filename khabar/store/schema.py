r"""Every Redis key, its version and its life time, and the Lua scripts that move the work.

The life of a computation, by the scripts that move it::

    SUBMIT --> waiting ---(DONE of its source)---> queued --CLAIM--> running --DONE / FAIL--> (gone)
          \-> queued                                ^                  |
                                                    +--RELEASE, SWEEP--+

A computation's record exists only while it is open. What lasts is the summary, kept under the same
identity and never changed. Jobs that wait for a computation are told by DONE, FAIL and SWEEP, in
the same script that ends it, so a job has one end and cannot miss it. Every script may be run twice
with the same arguments. Times are those of the Redis server, in seconds.

Keys are built inside the scripts from ids, so a cluster must keep them on one node. The keys and
scripts of webhook messages are in ``outbox_schema``; the scripts here write the messages. Scripts
about glossaries, about the limits of API keys, and about one entry of a hash, are in
``glossary_scripts``, ``key_scripts`` and ``entries``.
"""

from typing import Final

from khabar.store.outbox_schema import OUTBOX
from khabar.store.script_base import BASE, PREFIX
from khabar.store.script_base import COUNTERS as COUNTERS  # One more key of this schema.

# Immutable values. Lives are refreshed whenever a job asks for them.
ARTICLE: Final = PREFIX + "article:"  # + hash: the article, JSON; lives as long as its summaries
SUMMARY: Final = PREFIX + "summary:"  # + computation id: the summary, JSON; summary_seconds
SUMMARIES_OF: Final = PREFIX + "summaries-of:"  # + hash: set of ids; as the article
SENDERS: Final = PREFIX + "senders:"  # + hash: set of the key ids that sent it; as the article

# Work. An open computation has no life time: it ends, or the sweeper ends it.
COMPUTATION: Final = PREFIX + "computation:"  # + id: hash
WAITING_JOBS: Final = PREFIX + "waiting-jobs:"  # + computation id: set of job ids
WAITING_NEXT: Final = PREFIX + "waiting-next:"  # + computation id: set of computations after it
DUE: Final = PREFIX + "due"  # sorted set: computation id by the time the sweeper must look at it
JOB: Final = PREFIX + "job:"  # + id: hash; job_seconds after its end
EVENTS: Final = PREFIX + "events:"  # + job id: stream; as the job
IDEMPOTENCY: Final = PREFIX + "idempotency:"  # + digest: "job-id request-digest"

# Glossaries that were uploaded. Terms are immutable under their digest; a recipe names one of them.
GLOSSARY: Final = PREFIX + "glossary:"  # + digest: the terms, JSON
GLOSSARIES: Final = PREFIX + "glossaries"  # sorted set: digests that are kept, by time of upload
GLOSSARY_OF: Final = PREFIX + "glossary-of"  # hash: recipe to "digest entries since tag"
GLOSSARY_FILES: Final = PREFIX + "glossary-files"  # hash: recipe to the text that was uploaded

# Around the work.
WORKERS: Final = PREFIX + "workers"  # hash: what each worker last said of itself, JSON
API_KEYS: Final = PREFIX + "api-keys"  # hash: key id to its record, JSON
RATE: Final = PREFIX + "rate:"  # + key id: hash; until the bucket is full again
SPENT: Final = PREFIX + "spent:"  # + key id ":" day: articles of that day (UTC); two days
TICKET: Final = PREFIX + "ticket:"  # + id: hash, what was granted at once; TICKET_SECONDS
ANNOUNCED: Final = PREFIX + "announced"  # channel: id of a job that has a new event
WITHDRAWN: Final = PREFIX + "withdrawn"  # channel: hash of an article that was withdrawn
GLOSSARY_CHANGED: Final = PREFIX + "glossary-changed"  # channel: recipe that has another glossary

WORKER_SECONDS: Final = 30
"""A worker that said nothing for this long is taken for gone."""
TICKET_SECONDS: Final = 60
"""A call to the limiter is not made again, nor given back, after this long."""
EVENTS_PER_JOB: Final = 64
"""A job has at most one event at its start, two per language, and one at its end."""

_SHARED: Final = (
    BASE
    + OUTBOX
    + f"""
local ARTICLE, SUMMARY, SUMMARIES_OF = '{ARTICLE}', '{SUMMARY}', '{SUMMARIES_OF}'
local COMPUTATION, JOB, EVENTS = '{COMPUTATION}', '{JOB}', '{EVENTS}'
local WAITING_JOBS, WAITING_NEXT, DUE = '{WAITING_JOBS}', '{WAITING_NEXT}', '{DUE}'
local SENDERS = '{SENDERS}'
local ANNOUNCED, IDEMPOTENCY = '{ANNOUNCED}', '{IDEMPOTENCY}'
local EVENTS_PER_JOB = {EVENTS_PER_JOB}

local function tell(job, event)
  redis.call('XADD', EVENTS .. job, 'MAXLEN', '~', EVENTS_PER_JOB, '*',
    'event', cjson.encode(event))
  redis.call('PUBLISH', ANNOUNCED, job)
end

local function hint(id)
  local f = redis.call('HMGET', COMPUTATION .. id, 'stage', 'priority')
  return cjson.encode({{id = id, stage = f[1], priority = f[2]}})
end

local function open(id)
  return redis.call('EXISTS', COMPUTATION .. id) == 1
end

local function unwanted(id)
  return redis.call('EXISTS', WAITING_JOBS .. id, WAITING_NEXT .. id) == 0
end

local function erase(id)
  redis.call('DEL', COMPUTATION .. id, WAITING_JOBS .. id, WAITING_NEXT .. id)
  redis.call('ZREM', DUE, id)
end

-- A job whose last language has ended ends too: done if any language was delivered.
local function end_job_if_over(job, cancelled)
  local key = JOB .. job
  if tonumber(redis.call('HGET', key, 'open')) > 0 then return end
  local state = 'done'
  if cancelled then state = 'cancelled'
  elseif redis.call('HGET', key, 'delivered') == '0' then state = 'failed' end
  redis.call('HSET', key, 'state', state, 'finished', now())
  count('jobs_' .. state)
  tell(job, {{type = 'end', state = state}})
  local life = redis.call('HGET', key, 'life')
  redis.call('EXPIRE', key, life)
  redis.call('EXPIRE', EVENTS .. job, life)
  write_message(key, state)
end

-- Ends one language of one job, once: a language that has ended stays as it is.
local function settle(job, language, state, error)
  local key = JOB .. job
  local before = redis.call('HGET', key, 'state:' .. language)
  if before ~= 'queued' and before ~= 'running' then return end
  redis.call('HSET', key, 'state:' .. language, state)
  if error then redis.call('HSET', key, 'error:' .. language, error) end
  redis.call('HINCRBY', key, 'open', -1)
  if state == 'done' then redis.call('HINCRBY', key, 'delivered', 1) end
  tell(job, {{type = 'language', language = language, state = state}})
end

local function settle_waiting_jobs(id, state, error)
  local language = redis.call('HGET', COMPUTATION .. id, 'language')
  for _, job in ipairs(redis.call('SMEMBERS', WAITING_JOBS .. id)) do
    settle(job, language, state, error)
    end_job_if_over(job, false)
  end
end

-- Ends a computation without a result, and with it those that would have started from it.
local function fail(id, error)
  settle_waiting_jobs(id, 'failed', error)
  local next = redis.call('SMEMBERS', WAITING_NEXT .. id)
  erase(id)
  count('computations_failed')
  local cause = cjson.decode(error)
  local after = cjson.encode({{
    code = 'source_failed', hint = cause.hint,
    message = 'The summary to be translated could not be made: ' .. cause.message}})
  for _, other in ipairs(next) do
    if open(other) then
      settle_waiting_jobs(other, 'failed', after)
      erase(other)
      count('computations_failed')
    end
  end
end

local function holds(id, owner)
  local f = redis.call('HMGET', COMPUTATION .. id, 'state', 'owner')
  return f[1] == 'running' and f[2] == owner
end

-- Removes a computation that nobody waits for, and the one it waits for if that too is unwanted.
local function drop_if_unwanted(id)
  local f = redis.call('HMGET', COMPUTATION .. id, 'state', 'after')
  if not f[1] or f[1] == 'running' or not unwanted(id) then return end
  erase(id)
  count('computations_dropped')
  if f[2] then
    redis.call('SREM', WAITING_NEXT .. f[2], id)
    local before = redis.call('HGET', COMPUTATION .. f[2], 'state')
    if before == 'queued' and unwanted(f[2]) then
      erase(f[2])
      count('computations_dropped')
    end
  end
end
"""
)

SUBMIT: Final = (
    _SHARED
    + f"""
local GLOSSARY_OF = '{GLOSSARY_OF}'
"""
    + """
-- job (JSON), article (JSON), computations (JSON, the source's first), limits (JSON)
local job, wanted, limits = cjson.decode(ARGV[1]), cjson.decode(ARGV[3]), cjson.decode(ARGV[4])
local key = JOB .. job.id
if redis.call('EXISTS', key) == 1 then return {'known', job.id} end
local idempotency = job.idempotency and IDEMPOTENCY .. job.idempotency
if idempotency then
  local known, request = string.match(redis.call('GET', idempotency) or '', '^(%S+) (%S+)$')
  if known and request ~= job.request then return {'mismatch', known} end
  if known and redis.call('EXISTS', JOB .. known) == 1 then return {'known', known} end
end
-- Who sent this may not have heard yet that the recipe has another glossary.
local glossary = redis.call('HGET', GLOSSARY_OF, job.recipe)
if (glossary and string.sub(glossary, 1, 64) or '') ~= job.glossary then return {'stale', ''} end

-- The source's summary is made only if it is asked for, or if a translation has to start from it.
local source, new = wanted[1], 0
for _, c in ipairs(wanted) do
  c.cached = redis.call('EXISTS', SUMMARY .. c.id) == 1
  c.open = open(c.id)
  c.missing = c.asked and not c.cached and not c.open
  if c.missing and c.id ~= source.id then source.needed = true end
end
source.missing = (source.asked or source.needed) and not source.cached and not source.open
if source.cached and source.needed then
  -- It has to be there when the translation begins, however long that takes.
  redis.call('EXPIRE', SUMMARY .. source.id, limits.summary_seconds)
  redis.call('EXPIRE', SUMMARIES_OF .. job.article, limits.summary_seconds)
end
for _, c in ipairs(wanted) do if c.missing then new = new + 1 end end
if job.callback then
  if redis.call('HEXISTS', SECRETS, job.owner) == 0 then return {'no_secret', job.owner} end
  local pending = redis.call('ZCARD', MESSAGES .. 'pending:' .. job.owner)
  if pending >= limits.pending_webhooks then return {'many_webhooks', pending} end
end
local due = redis.call('ZCARD', DUE)
if new > 0 and due + new > limits.open_computations then return {'full', due} end

local article = ARTICLE .. job.article
if redis.call('EXISTS', article) == 0 then redis.call('SET', article, ARGV[2]) end
redis.call('EXPIRE', article, limits.summary_seconds)
redis.call('SADD', SENDERS .. job.article, job.owner)
redis.call('EXPIRE', SENDERS .. job.article, limits.summary_seconds)
if idempotency then
  redis.call('SET', idempotency, job.id .. ' ' .. job.request, 'EX', limits.idempotency_seconds)
end

local hints = {}
for _, c in ipairs(wanted) do
  if c.missing then
    local after = c.id ~= source.id and not source.cached and source.id
    redis.call('HSET', COMPUTATION .. c.id, 'state', after and 'waiting' or 'queued',
      'stage', c.stage, 'language', c.language, 'source', source.id, 'priority', job.priority,
      'attempt', 0, 'looks', 0, 'created', now(), 'recipe', job.recipe,
      'fingerprint', job.fingerprint, 'glossary', job.glossary, 'article', job.article,
      'length', job.length, 'source_language', job.source_language)
    if after then
      redis.call('HSET', COMPUTATION .. c.id, 'after', after)
      redis.call('SADD', WAITING_NEXT .. after, c.id)
    else
      redis.call('ZADD', DUE, now() + limits.hint_seconds, c.id)
      hints[#hints + 1] = hint(c.id)
    end
  elseif c.open and job.priority == 'urgent' then
    -- An urgent job does not wait behind bulk work because bulk work asked first.
    local f = redis.call('HMGET', COMPUTATION .. c.id, 'priority', 'state')
    if f[1] ~= 'urgent' then
      redis.call('HSET', COMPUTATION .. c.id, 'priority', 'urgent')
      if f[2] == 'queued' then hints[#hints + 1] = hint(c.id) end
    end
  end
end

local languages, running = {}, false
for _, c in ipairs(wanted) do
  if c.asked then
    local at = c.cached and 'queued' or redis.call('HGET', COMPUTATION .. c.id, 'state')
    if at == 'waiting' then at = 'queued' end
    running = running or at == 'running'
    languages[#languages + 1] = c.language
    redis.call('HSET', key, 'state:' .. c.language, at, 'computation:' .. c.language, c.id)
    if not c.cached then redis.call('SADD', WAITING_JOBS .. c.id, job.id) end
  end
end
redis.call('HSET', key, 'id', job.id, 'owner', job.owner, 'article', job.article,
  'source_language', job.source_language, 'length', job.length, 'recipe', job.recipe,
  'fingerprint', job.fingerprint, 'priority', job.priority, 'created', now(),
  'languages', table.concat(languages, ' '), 'open', #languages, 'delivered', 0,
  'life', limits.job_seconds, 'state', running and 'running' or 'queued')
if job.callback then
  redis.call('HSET', key, 'callback', job.callback, 'endpoint', job.endpoint)
end
count('jobs_accepted')
count('languages_asked', #languages)
tell(job.id, {type = 'accepted'})
for _, c in ipairs(wanted) do
  if c.asked and c.cached then
    redis.call('EXPIRE', SUMMARY .. c.id, limits.summary_seconds)
    -- Withdrawing finds summaries by this set, so it has to live as long as they do.
    redis.call('EXPIRE', SUMMARIES_OF .. job.article, limits.summary_seconds)
    redis.call('HSET', key, 'cached:' .. c.language, 1)
    count('languages_cached')
    settle(job.id, c.language, 'done')
  end
end
end_job_if_over(job.id, false)
table.insert(hints, 1, 'new')
table.insert(hints, 2, job.id)
return hints
"""
)

CLAIM: Final = (
    _SHARED
    + """
-- computation id, owner, lease seconds, most attempts, error when they are used up (JSON),
-- "together" if other work runs in the same process
-- A computation whose worker fell silent may be what silenced it: it is given out only to a worker
-- that does nothing else meanwhile.
local id, owner, key = ARGV[1], ARGV[2], COMPUTATION .. ARGV[1]
local f = redis.call('HMGET', key, 'state', 'owner', 'lease', 'article', 'source', 'language',
  'silenced')
local state = f[1]
if state ~= 'queued' and state ~= 'running' then return {'gone'} end
if state == 'running' and f[2] ~= owner and tonumber(f[3]) > now() then return {'held'} end
if not (state == 'running' and f[2] == owner) then
  local expired = state == 'running'
  if (expired or f[7]) and ARGV[6] == 'together' then return {'suspect'} end
  if expired then redis.call('HINCRBY', key, 'silenced', 1) end
  if tonumber(redis.call('HGET', key, 'attempt')) >= tonumber(ARGV[4]) then
    fail(id, redis.call('HGET', key, 'last_error') or ARGV[5])
    return {'exhausted'}
  end
  redis.call('HINCRBY', key, 'attempt', 1)
  redis.call('HSET', key, 'state', 'running', 'owner', owner, 'started', now())
  count('computations_claimed')
  for _, job in ipairs(redis.call('SMEMBERS', WAITING_JOBS .. id)) do
    if redis.call('HGET', JOB .. job, 'state:' .. f[6]) == 'queued' then
      redis.call('HSET', JOB .. job, 'state:' .. f[6], 'running', 'state', 'running')
      tell(job, {type = 'language', language = f[6], state = 'running'})
    end
  end
end
local lease = now() + tonumber(ARGV[3])
redis.call('HSET', key, 'lease', lease)
redis.call('ZADD', DUE, lease, id)
return {'claimed', redis.call('HGETALL', key),
  redis.call('GET', ARTICLE .. f[4]) or '', redis.call('GET', SUMMARY .. f[5]) or ''}
"""
)

BEAT: Final = (
    _SHARED
    + """
-- computation id, owner, lease seconds, deadline seconds, error when it has passed (JSON)
local id, key = ARGV[1], COMPUTATION .. ARGV[1]
if not holds(id, ARGV[2]) then return 'lost' end
if unwanted(id) then return 'unwanted' end
if now() > tonumber(redis.call('HGET', key, 'started')) + tonumber(ARGV[4]) then
  fail(id, ARGV[5])
  return 'late'
end
local lease = now() + tonumber(ARGV[3])
redis.call('HSET', key, 'lease', lease)
redis.call('ZADD', DUE, lease, id)
return 'kept'
"""
)

DONE: Final = (
    _SHARED
    + """
-- computation id, owner, summary (JSON), life seconds, hint seconds, model calls,
-- error when the article was withdrawn meanwhile (JSON)
local id, key = ARGV[1], COMPUTATION .. ARGV[1]
if not holds(id, ARGV[2]) then return {'lost'} end
local article = redis.call('HGET', key, 'article')
count('model_calls', tonumber(ARGV[6]))
if redis.call('EXISTS', ARTICLE .. article) == 0 then
  fail(id, ARGV[7])
  return {'withdrawn'}
end
redis.call('SET', SUMMARY .. id, ARGV[3], 'EX', ARGV[4])
redis.call('SADD', SUMMARIES_OF .. article, id)
redis.call('EXPIRE', SUMMARIES_OF .. article, ARGV[4])
settle_waiting_jobs(id, 'done')
local answer = {'done'}
for _, next in ipairs(redis.call('SMEMBERS', WAITING_NEXT .. id)) do
  if redis.call('HGET', COMPUTATION .. next, 'state') == 'waiting' then
    redis.call('HSET', COMPUTATION .. next, 'state', 'queued')
    redis.call('ZADD', DUE, now() + tonumber(ARGV[5]), next)
    answer[#answer + 1] = hint(next)
  end
end
erase(id)
count('computations_done')
return answer
"""
)

FAIL: Final = (
    _SHARED
    + """
-- computation id, owner, error (JSON), model calls
if not holds(ARGV[1], ARGV[2]) then return 'lost' end
count('model_calls', tonumber(ARGV[4]))
fail(ARGV[1], ARGV[3])
return 'failed'
"""
)

RELEASE: Final = (
    _SHARED
    + """
-- computation id, owner, seconds until it is due again, error that led here (JSON or "")
-- Without an error the worker gave the work back for reasons of its own: no attempt is spent.
local id, key = ARGV[1], COMPUTATION .. ARGV[1]
if not holds(id, ARGV[2]) then return 'lost' end
redis.call('HSET', key, 'state', 'queued', 'owner', '')
if ARGV[4] ~= '' then redis.call('HSET', key, 'last_error', ARGV[4])
else redis.call('HINCRBY', key, 'attempt', -1) end
redis.call('ZADD', DUE, now() + tonumber(ARGV[3]), id)
drop_if_unwanted(id)
return 'released'
"""
)

SWEEP: Final = (
    _SHARED
    + """
-- most computations, hint seconds, queues without a hint (JSON), most attempts,
-- error when they are used up (JSON)
-- Work whose lease ran out gets a hint at once. Queued work is looked at every hint seconds: if its
-- queue is empty its hint was lost and is sent again; if not, it probably waits its turn, and gets
-- another at the 4th, 8th, 16th ... look, lest a long queue grow by the sweeping of it.
local hints, empty = {}, {}
for _, queue in ipairs(cjson.decode(ARGV[3])) do empty[queue] = true end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', now(), 'LIMIT', 0, ARGV[1])) do
  local key = COMPUTATION .. id
  local f = redis.call('HMGET', key, 'state', 'attempt', 'last_error', 'stage', 'priority')
  if not f[1] then
    redis.call('ZREM', DUE, id)
  elseif f[1] == 'running' and tonumber(f[2]) >= tonumber(ARGV[4]) then
    fail(id, f[3] or ARGV[5])
  else
    redis.call('ZADD', DUE, now() + tonumber(ARGV[2]), id)
    if f[1] == 'running' then
      redis.call('HSET', key, 'state', 'queued', 'owner', '', 'looks', 0)
      redis.call('HINCRBY', key, 'silenced', 1)
      count('leases_expired')
      -- Every job that waited for it may have been cancelled while its worker held it.
      drop_if_unwanted(id)
      if open(id) then hints[#hints + 1] = hint(id) end
    else
      local looks = redis.call('HINCRBY', key, 'looks', 1)
      local power = 2 ^ math.max(2, math.floor(math.log(looks) / math.log(2) + 0.5))
      if empty[f[4] .. '.' .. f[5]] or looks == power then hints[#hints + 1] = hint(id) end
    end
  end
end
return hints
"""
)

CANCEL: Final = (
    _SHARED
    + """
-- job id
local id, key = ARGV[1], JOB .. ARGV[1]
local state = redis.call('HGET', key, 'state')
if not state then return 'unknown' end
if state ~= 'queued' and state ~= 'running' then return state end
for language in string.gmatch(redis.call('HGET', key, 'languages'), '%S+') do
  local at = redis.call('HGET', key, 'state:' .. language)
  if at == 'queued' or at == 'running' then
    local computation = redis.call('HGET', key, 'computation:' .. language)
    redis.call('SREM', WAITING_JOBS .. computation, id)
    settle(id, language, 'cancelled')
    drop_if_unwanted(computation)
  end
end
end_job_if_over(id, true)
return 'cancelled'
"""
)

WITHDRAW: Final = (
    _SHARED
    + f"""
-- article hash
local known = redis.call('DEL', ARTICLE .. ARGV[1])
for _, id in ipairs(redis.call('SMEMBERS', SUMMARIES_OF .. ARGV[1])) do
  redis.call('DEL', SUMMARY .. id)
end
redis.call('DEL', SUMMARIES_OF .. ARGV[1], SENDERS .. ARGV[1])
redis.call('PUBLISH', '{WITHDRAWN}', ARGV[1])
return known
"""
)
