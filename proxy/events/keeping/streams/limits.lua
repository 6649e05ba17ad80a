-- Write down the limits, for those who only look.
-- ARGV: bytes that may wait, bytes of the dead letters.
redis.call('HSET', STATE, 'size_limit', ARGV[1], 'dead_limit', ARGV[2])
