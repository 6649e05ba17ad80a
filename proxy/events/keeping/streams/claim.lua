-- Claim events of a kind that are due, oldest first.
-- ARGV: now, kind, how many at most, consumer, milliseconds for which it lives without another word,
-- "untried" for those alone that were never posted; then how many may go together, after no attempt, after one, ...
-- Returns the clock of ages, and the events.
local now, kind, most, consumer, untried = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[6] == 'untried'
may_write_in_any_case()
redis.call('SET', P .. 'alive:' .. consumer, '1', 'PX', ARGV[5])
local here = stream(kind)
if redis.call('EXISTS', here) == 0 then return {exact(age_clock(now)), {}} end

local function delivered_until()
  local group = redis.call('XINFO', 'GROUPS', here)[1]
  for place = 1, #group, 2 do
    if group[place] == 'last-delivered-id' then return group[place + 1] end
  end
end

-- The oldest of each heap, together: a number, and whether nobody has had it yet.
local found = {}
local function note(numbers, is_fresh)
  for _, number in ipairs(numbers) do found[#found + 1] = {number = number, is_fresh = is_fresh} end
end
note(redis.call('ZRANGE', back(kind), 0, most - 1), false)
if not untried then note(redis.call('ZRANGEBYSCORE', due(kind), '-inf', now, 'LIMIT', 0, most), false) end
for _, entry in ipairs(redis.call('XRANGE', here, '(' .. delivered_until(), '+', 'COUNT', most)) do
  note({number_of(entry[1])}, true)
end
table.sort(found, function(one, other) return tonumber(one.number) < tonumber(other.number) end)

-- As many of them, from the first, as each of those allows.
local mine, fresh = {}, 0
for _, one in ipairs(found) do
  local tries = attempts(one.number)
  most = math.min(most, tonumber(ARGV[7 + math.min(tries, #ARGV - 7)]))
  if #mine >= most then break end
  mine[#mine + 1] = one.number
  if one.is_fresh then
    fresh = fresh + 1
  else
    redis.call('ZREM', back(kind), one.number)
    redis.call('ZREM', due(kind), one.number)
    redis.call('XCLAIM', here, GROUP, consumer, 0, one.number .. '-0', 'FORCE', 'JUSTID')
  end
end
-- Of those that nobody has had we took the first: these are what the group hands out next.
if fresh > 0 then redis.call('XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', fresh, 'STREAMS', here, '>') end
return {exact(age_clock(now)), with_all(mine)}
