-- Some of all events, and which of them have an id. There is no index of ids: only a person looks for one.
-- ARGV: now, id, cursor; or now, number, and no cursor.
-- Returns the clock of ages, the events, their shelves, and the next cursor; "0" for the end.
local now, name, cursor = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local numbers, next_cursor = {}, '0'
if not cursor then
  if redis.call('HEXISTS', EVENTS, name) == 1 then numbers = {name} end
else
  local some = redis.call('HSCAN', EVENTS, cursor, 'COUNT', 1000)
  next_cursor = some[1]
  for place = 1, #some[2], 2 do
    if read(some[2][place + 1]).id == name then numbers[#numbers + 1] = some[2][place] end
  end
end
local shelves = {}
for place, number in ipairs(numbers) do shelves[place] = where(number) end
return {exact(age_clock(now)), with_all(numbers), shelves, next_cursor}
