-- The next events of a shelf, oldest first.
-- ARGV: now, shelf, the number behind which to go on, how many at most.
-- Returns the clock of ages, and the events.
local now, name, after, most = tonumber(ARGV[1]), ARGV[2], '(' .. ARGV[3], tonumber(ARGV[4])
local clock = exact(age_clock(now))
if name ~= 'waiting' then
  return {clock, with_all(redis.call('ZRANGEBYSCORE', shelf(name), after, '+inf', 'LIMIT', 0, most))}
end
local numbers = {}
for _, kind in ipairs(redis.call('SMEMBERS', KINDS)) do
  for _, entry in ipairs(redis.call('XRANGE', stream(kind), after, '+', 'COUNT', most)) do
    numbers[#numbers + 1] = number_of(entry[1])
  end
end
table.sort(numbers, function(one, other) return tonumber(one) < tonumber(other) end)
while #numbers > most do numbers[#numbers] = nil end
return {clock, with_all(numbers)}
