-- Write down whether delivery stands still. Saying it twice in a moment, or from two machines, is saying it once.
-- ARGV: now, why; "" where it goes on.
local now, why = tonumber(ARGV[1]), ARGV[2]
may_write_in_any_case()
redis.call('HSET', STATE, 'stood', exact((standstill(now))))
if why == '' then
  redis.call('HDEL', STATE, 'since', 'why')
else
  redis.call('HSET', STATE, 'since', exact(now), 'why', why)
end
