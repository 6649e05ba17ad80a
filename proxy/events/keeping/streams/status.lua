-- How the outbox is, from running totals alone.
-- ARGV: now.
-- Returns the totals, the age of the oldest that waits ("" for none), why delivery stands still, both limits, and the
-- last number: another one, and something came.
local now = tonumber(ARGV[1])
local oldest
for _, kind in ipairs(redis.call('SMEMBERS', KINDS)) do
  local entry = redis.call('XRANGE', stream(kind), '-', '+', 'COUNT', 1)[1]
  local number = entry and number_of(entry[1])
  if number and (not oldest or tonumber(number) < tonumber(oldest)) then oldest = number end
end
local first = oldest and event(oldest)
local _, why = standstill(now)
local limits = redis.call('HMGET', STATE, 'size_limit', 'dead_limit')
local age = first and exact(math.max(0, age_clock(now) - first.born)) or ''
return {redis.call('HGETALL', TOTAL), age, why, limits[1] or '0', limits[2] or '0'}
