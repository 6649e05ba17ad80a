-- We live; what dead ones had claimed goes back, and what we have claimed without knowing it (an answer was lost).
-- What was filtered long ago goes.
-- ARGV: now, consumer, milliseconds for which it lives without another word, milliseconds after which an answer is
-- lost, a mark for an outbox that has none; then the numbers that we have claimed.
-- Returns the outbox's mark: another one, and all that was kept is lost.
local now, consumer, lost, SOME = tonumber(ARGV[1]), ARGV[2], ARGV[4], 500
may_write_in_any_case()
redis.call('SET', P .. 'alive:' .. consumer, '1', 'PX', ARGV[3])
local held = {}
for place = 6, #ARGV do held[ARGV[place]] = true end

local function named(list, name)
  for place = 1, #list, 2 do
    if list[place] == name then return list[place + 1] end
  end
end

for _, kind in ipairs(redis.call('SMEMBERS', KINDS)) do
  for _, process in ipairs(redis.call('XINFO', 'CONSUMERS', stream(kind), GROUP)) do
    local name = named(process, 'name')
    if name == consumer then
      for _, one in ipairs(redis.call('XPENDING', stream(kind), GROUP, 'IDLE', lost, '-', '+', SOME, name)) do
        if not held[number_of(one[1])] then give_back(kind, number_of(one[1])) end
      end
    elseif redis.call('EXISTS', P .. 'alive:' .. name) == 0 then
      local left = redis.call('XPENDING', stream(kind), GROUP, '-', '+', SOME, name)
      for _, one in ipairs(left) do give_back(kind, number_of(one[1])) end
      if #left < SOME then redis.call('XGROUP', 'DELCONSUMER', stream(kind), GROUP, name) end
    end
  end
end

local before = text(math.max(0, math.floor((now - KNOWN_FOR) * 1000000)))
for _, number in ipairs(redis.call('ZRANGEBYSCORE', shelf('filtered'), '-inf', before, 'LIMIT', 0, SOME)) do
  is_gone(number, event(number), 'filtered')
end

local mark = redis.call('HGET', STATE, 'mark')
if mark then return mark end
redis.call('HSET', STATE, 'mark', ARGV[5])
return ARGV[5]
