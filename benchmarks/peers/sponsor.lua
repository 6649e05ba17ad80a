-- The job of nginx_lua.conf: the organic page, an auction for its products, the winners on top.
local cjson = require "cjson"

-- Else whole numbers of ten digits come out as 7.0000001e9.
cjson.encode_number_precision(14)

local sponsor = {}

local function auction(products, query)
    local ids = {}
    for place, product in ipairs(products) do ids[place] = product.id end
    local question = { auctions = { { type = "listings", slots = 2, products = { ids = ids }, searchQuery = query } } }
    local answer = ngx.location.capture("/auction", { method = ngx.HTTP_POST, body = cjson.encode(question) })
    return cjson.decode(answer.body).results[1].winners
end

local function merge(products, winners)
    local by_id, moved, merged = {}, {}, {}
    for _, product in ipairs(products) do by_id[product.id] = product end
    for _, winner in ipairs(winners) do
        local product = by_id[winner.id]
        if product and not moved[winner.id] then
            product.resolvedBidId, product.rank = winner.resolvedBidId, winner.rank
            moved[winner.id] = true
            merged[#merged + 1] = product
        end
    end
    for _, product in ipairs(products) do
        if not moved[product.id] then merged[#merged + 1] = product end
    end
    return merged
end

function sponsor.search()
    local organic = ngx.location.capture("/organic" .. ngx.var.request_uri)
    local page = cjson.decode(organic.body)
    page.products = merge(page.products, auction(page.products, ngx.var.arg_q))
    -- Debian's cjson cannot tell an empty list from an empty object; who uses it mends the fields that he knows.
    local body = cjson.encode(page):gsub('"badges":{}', '"badges":[]')
    ngx.header.content_type = organic.header["Content-Type"]
    ngx.header.cache_control = organic.header["Cache-Control"]
    ngx.header.content_length = #body
    ngx.print(body)
end

return sponsor
