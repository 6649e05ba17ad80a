-- What lies where, and the words that all scripts share. It stands in front of each of them.
--
--   events          hash: number -> when it was born (on the clock of ages), and its record (records.py)
--   said            hash: number -> attempts, and what came of the last; only where there is something to say
--   waiting:KIND    stream, an entry a number: all events of a kind that wait, with the consumer group `delivery`.
--                   Claimed is what is pending there. Who settles an event takes it out of the pending ones.
--   back:KIND       sorted set: numbers that were claimed, and not posted after all
--   due:KIND        sorted set: numbers that were posted, by when they are due again
--   dead, filtered  sorted sets: numbers
--   seen:NAME       what was taken of one kind and id: contents and when, as one string
--   total           hash: SHELF -> bytes, SHELF:KIND -> events
--   kinds           set: every kind that ever waited
--   state           hash: last (number), stood, since, why, size_limit, dead_limit, mark
--   rate:CLIENT     hash: left (tokens), at; what a client may still send (rates.lua)
--   alive:NAME      there while the process of this name lives; what a dead one had claimed goes back
--
-- Numbers are microseconds since 1970, and never used twice: after all was lost, too, none means another event.

local P = '{sponsored-proxy}:'
local EVENTS, SAID, TOTAL, STATE, KINDS = P .. 'events', P .. 'said', P .. 'total', P .. 'state', P .. 'kinds'
local GROUP = 'delivery'
local HEAD = '>ddI4c16c12Bc0I4c0'

local function stream(kind) return P .. 'waiting:' .. kind end
local function back(kind) return P .. 'back:' .. kind end
local function due(kind) return P .. 'due:' .. kind end
local function shelf(name) return P .. name end
local function text(number) return string.format('%.0f', number) end

-- Writing that frees room may begin when there is none left: Redis asks only a script's first writing command.
local function may_write_in_any_case() redis.call('DEL', P .. 'nothing') end

-- An event as it is kept: when it was born, and its record.
local function read(kept)
  local born, taken, size, name, content, kind, id = struct.unpack(HEAD, kept)
  return {born = born, taken = taken, size = size, name = name, content = content, kind = kind, id = id}
end

local function event(number)
  local kept = redis.call('HGET', EVENTS, number)
  return kept and read(kept)
end

local function attempts(number)
  local said = redis.call('HGET', SAID, number)
  return said and (struct.unpack('>I4', said)) or 0
end

local function say(number, tries, what)
  redis.call('HSET', SAID, number, struct.pack('>I4', tries) .. what)
end

-- Seconds that delivery has stood still in all; since when, and why.
local function standstill(now)
  local state = redis.call('HMGET', STATE, 'stood', 'since', 'why')
  local stood, since = tonumber(state[1] or '0'), tonumber(state[2] or '')
  local lasting = since and now - since or 0
  local is_on = since and lasting <= FRESH
  if lasting > 0 and is_on then stood = stood + lasting end
  return stood, is_on and state[3] or ''
end

-- The clock of ages: it stands still with the delivery.
local function age_clock(now) return now - (standstill(now)) end

local function exact(number) return string.format('%.17g', number) end

local function counts(where, one, sign)
  redis.call('HINCRBY', TOTAL, where, text(sign * one.size))
  redis.call('HINCRBY', TOTAL, where .. ':' .. one.kind, sign)
end

local function bytes(where) return tonumber(redis.call('HGET', TOTAL, where) or '0') end

local function next_number(now)
  local last = tonumber(redis.call('HGET', STATE, 'last') or '0')
  local number = text(math.max(last + 1, math.floor(now * 1000000)))
  redis.call('HSET', STATE, 'last', number)
  return number
end

-- What was taken of a kind and an id within seven days: content -> when.
local function known(name, now)
  local found, seen = {}, redis.call('GET', P .. 'seen:' .. name)
  for at = 1, seen and #seen or 0, 16 do
    local content, when = struct.unpack('>c12I4', seen, at)
    if when > now - KNOWN_FOR then found[content] = when end
  end
  return found
end

-- Of one id the last ones only: a shop whose events all have one id ("undefined") must not stop everybody for longer and
-- longer.
local function know(name, contents)
  local latest = {}
  for content, when in pairs(contents) do latest[#latest + 1] = {content, when} end
  if #latest > MOST_CONTENTS then table.sort(latest, function(one, other) return one[2] > other[2] end) end
  local seen = {}
  for place = 1, math.min(#latest, MOST_CONTENTS) do
    seen[place] = struct.pack('>c12I4', latest[place][1], latest[place][2])
  end
  if #seen == 0 then
    redis.call('DEL', P .. 'seen:' .. name)
  else
    redis.call('SET', P .. 'seen:' .. name, table.concat(seen), 'EX', KNOWN_FOR + 3600)
  end
end

local function remember(one, now)
  if one.id == '' then return end
  local contents = known(one.name, now)
  contents[one.content] = math.ceil(now)
  know(one.name, contents)
end

local function forget(one, now)
  if one.id == '' then return end
  local contents = known(one.name, now)
  contents[one.content] = nil
  know(one.name, contents)
end

-- Let an event wait. `record` is without its birth.
local function let_wait(number, born, record)
  local kept = struct.pack('>d', born) .. record
  local one = read(kept)
  if redis.call('EXISTS', stream(one.kind)) == 0 then
    redis.call('XGROUP', 'CREATE', stream(one.kind), GROUP, '0', 'MKSTREAM')
    redis.call('SADD', KINDS, one.kind)
  end
  redis.call('HSET', EVENTS, number, kept)
  redis.call('XADD', stream(one.kind), number .. '-0', 'event', number)
  counts('waiting', one, 1)
end

-- Where an event lies.
local function where(number)
  for _, name in ipairs({'dead', 'filtered'}) do
    if redis.call('ZSCORE', shelf(name), number) then return name end
  end
  return 'waiting'
end

-- Take an event off its shelf; its content is still there.
local function take_off(number, one, from)
  if from == 'waiting' then
    redis.call('XACK', stream(one.kind), GROUP, number .. '-0')
    redis.call('XDEL', stream(one.kind), number .. '-0')
    redis.call('ZREM', back(one.kind), number)
    redis.call('ZREM', due(one.kind), number)
  else
    redis.call('ZREM', shelf(from), number)
  end
  counts(from, one, -1)
end

local function is_gone(number, one, from)
  take_off(number, one, from)
  redis.call('HDEL', EVENTS, number)
  redis.call('HDEL', SAID, number)
end

local function number_of(entry) return string.match(entry, '^%d+') end

-- Let a claimed event be claimed again, as if nobody had.
local function give_back(kind, number)
  redis.call('XACK', stream(kind), GROUP, number .. '-0')
  if redis.call('HEXISTS', EVENTS, number) == 0 then return end
  if attempts(number) > 0 then
    redis.call('ZADD', due(kind), 0, number)
  else
    redis.call('ZADD', back(kind), number, number)
  end
end

local function with_all(numbers)
  local found = {}
  for place, number in ipairs(numbers) do
    local kept = redis.call('HGET', EVENTS, number)
    if kept then found[#found + 1] = {number, kept, redis.call('HGET', SAID, number) or ''} end
  end
  return found
end
