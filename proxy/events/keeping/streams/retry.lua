-- Let an event wait as if it were new, under another number: whoever has claimed the old one settles what is gone.
-- ARGV: now, number, record.
-- Returns whether it was there.
local now, number, record = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local one = event(number)
if not one then return 0 end
may_write_in_any_case()
is_gone(number, one, where(number))
local born = age_clock(now)
let_wait(next_number(now), born, record)
remember(read(struct.pack('>d', born) .. record), now)
return 1
