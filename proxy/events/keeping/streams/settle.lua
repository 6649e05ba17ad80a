-- Write down what became of claimed events. What is gone is left alone; so is, but for a delivery, what somebody else
-- has meanwhile: it is told twice, or our claim had ended.
-- ARGV: now, consumer, bytes for the dead letters, longest pause, what to say where these have no room;
-- then for each number, word, pause, what was said.
-- Returns how many the dead letters had no room for.
local now, consumer, room, longest, no_room = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local YOUNG, refused = 3600, 0
may_write_in_any_case()

local function is_mine(number, kind)
  local pending = redis.call('XPENDING', stream(kind), GROUP, number .. '-0', number .. '-0', 1)
  return pending[1] ~= nil and pending[1][2] == consumer
end

local function again(number, one, pause, said)
  redis.call('XACK', stream(one.kind), GROUP, number .. '-0')
  redis.call('ZADD', due(one.kind), exact(now + math.min(pause, longest)), number)
  say(number, attempts(number) + 1, said)
end

local function dies(number, one, said)
  if bytes('dead') + one.size > room then
    refused = refused + 1
    return again(number, one, longest, said .. no_room)
  end
  take_off(number, one, 'waiting')
  redis.call('ZADD', shelf('dead'), number, number)
  counts('dead', one, 1)
  say(number, attempts(number) + 1, said)
  forget(one, now)
end

local function delivered(number, one)
  is_gone(number, one, 'waiting')
  if now - one.taken > YOUNG then remember(one, now) end
end

for place = 6, #ARGV, 4 do
  local number, word, pause, said = ARGV[place], ARGV[place + 1], tonumber(ARGV[place + 2]), ARGV[place + 3]
  local one = event(number)
  if one and where(number) == 'waiting' then
    if word == 'delivered' then
      delivered(number, one)
    elseif is_mine(number, one.kind) then
      if word == 'again' then again(number, one, pause, said) end
      if word == 'dead' then dies(number, one, said) end
      if word == 'untouched' then give_back(one.kind, number) end
    end
  end
end
return refused
