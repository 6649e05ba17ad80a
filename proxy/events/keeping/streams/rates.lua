-- What clients have sent on all machines: one bucket for each, filled as time passes.
-- ARGV: now, what a full bucket holds, tokens a second; then for each client its name and the tokens that it spent.
-- Returns what is left in each bucket, in hundredths.
local now, full, speed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local left = {}
may_write_in_any_case()
for place = 4, #ARGV, 2 do
  local bucket = P .. 'rate:' .. ARGV[place]
  local kept = redis.call('HMGET', bucket, 'left', 'at')
  local level, at = tonumber(kept[1] or full), tonumber(kept[2] or now)
  level = math.min(level + math.max(now - at, 0) * speed, full) - tonumber(ARGV[place + 1])
  redis.call('HSET', bucket, 'left', level, 'at', now)
  -- A full bucket need not be remembered.
  redis.call('EXPIRE', bucket, math.ceil((full - level) / speed) + 1)
  left[#left + 1] = math.floor(level * 100)
end
return left
