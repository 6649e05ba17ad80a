-- Keep the events of many requests, each with all of its events or none.
-- ARGV: now, limit in bytes; then for each request how many events, and their records.
-- Returns the bytes that wait, and for each request what became of its events, or nothing where there is no room.
local now, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local born = age_clock(now)
local TAKEN, SEEN, CONFLICT = 1, 2, 3

local function judge(records)
  local said, fresh, size, known_here = {}, {}, 0, {}
  for place, record in ipairs(records) do
    local one = read(struct.pack('>d', born) .. record)
    local contents = {}
    if one.id ~= '' then
      contents = known_here[one.name] or known(one.name, now)
      known_here[one.name] = contents
    end
    said[place] = contents[one.content] and SEEN or next(contents) and CONFLICT or TAKEN
    if said[place] ~= SEEN then
      contents[one.content] = math.ceil(now)
      fresh[#fresh + 1] = record
      size = size + one.size
    end
  end
  return said, fresh, size, known_here
end

local answers, at = {}, 3
while ARGV[at] do
  local records = {}
  for place = at + 1, at + tonumber(ARGV[at]) do records[#records + 1] = ARGV[place] end
  at = at + #records + 1
  local said, fresh, size, known_here = judge(records)
  if #fresh > 0 and bytes('waiting') + size > limit then
    answers[#answers + 1] = {}
  else
    for _, record in ipairs(fresh) do let_wait(next_number(now), born, record) end
    if #fresh > 0 then
      for name, contents in pairs(known_here) do know(name, contents) end
    end
    answers[#answers + 1] = said
  end
end
return {bytes('waiting'), answers}
