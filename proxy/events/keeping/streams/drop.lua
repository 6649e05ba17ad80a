-- Forget an event. What is known of its id stays: a replay does not bring it back.
-- ARGV: number.
-- Returns whether it was there.
local one = event(ARGV[1])
if not one then return 0 end
is_gone(ARGV[1], one, where(ARGV[1]))
return 1
