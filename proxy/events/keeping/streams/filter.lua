-- Keep events that are not sent on; of too many, or too large ones, the oldest go.
-- ARGV: now, why; then the records.
local now, why = tonumber(ARGV[1]), ARGV[2]
local born = age_clock(now)
for place = 3, #ARGV do
  local number, kept = next_number(now), struct.pack('>d', born) .. ARGV[place]
  redis.call('HSET', EVENTS, number, kept)
  redis.call('ZADD', shelf('filtered'), number, number)
  say(number, 0, why)
  counts('filtered', read(kept), 1)
end
while redis.call('ZCARD', shelf('filtered')) > MOST_FILTERED or bytes('filtered') > MOST_FILTERED_BYTES do
  local number = redis.call('ZRANGE', shelf('filtered'), 0, 0)[1]
  is_gone(number, event(number), 'filtered')
end
