-- A process ends: what it had claimed is there for the others.
-- ARGV: consumer.
local consumer, SOME = ARGV[1], 500
may_write_in_any_case()
for _, kind in ipairs(redis.call('SMEMBERS', KINDS)) do
  repeat
    local left = redis.call('XPENDING', stream(kind), GROUP, '-', '+', SOME, consumer)
    for _, one in ipairs(left) do give_back(kind, number_of(one[1])) end
  until #left == 0
  redis.call('XGROUP', 'DELCONSUMER', stream(kind), GROUP, consumer)
end
redis.call('DEL', P .. 'alive:' .. consumer)
