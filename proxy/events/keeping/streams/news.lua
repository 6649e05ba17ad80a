-- The last number that was given: another one, and something came.
return redis.call('HGET', STATE, 'last') or '0'
