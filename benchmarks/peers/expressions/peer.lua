-- SPDX-License-Identifier: Apache-2.0
-- The rows of benchmarks/expressions.jsonl as one would write them by hand in Lua 5.4 or LuaJIT. Prints a line of JSON
-- for each: id and median nanoseconds of one evaluation. Usage: peer.lua FIXTURES
local cjson = require "cjson"

local function read(name)
  local file = assert(io.open(arg[1] .. "/" .. name .. ".json", "rb"))
  local text = file:read("*a")
  file:close()
  return cjson.decode(text)
end

local function lower_keys(headers)
  local made, names = {}, {}
  for name, values in pairs(headers) do
    made[name:lower()] = table.concat(values, ",")
    names[#names + 1] = name
  end
  table.sort(names)
  return made, names
end

local plain, chat, answer = read "plain-get", read "chat-post", read "chat-response"
local headers, header_names = lower_keys(plain.request.headers)
local answer_headers = lower_keys(answer.response.headers)
local request = { method = plain.request.method, path = "/orders/1001", headers = headers }
local variables = { tenant = plain.variables.tenant.value, attempt = tonumber(plain.variables.attempt.value) }
local subscription, api, operation, user = plain.subscription, plain.api, plain.operation, plain.user
local timestamp = 1710498030
local chat_body, answer_body = chat.request.body.text, answer.response.body.text
local backends = cjson.decode(chat.variables.backendPool.value)

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local letters = {}
for i = 1, 64 do letters[i - 1] = alphabet:sub(i, i) end
local floor = math.floor
local function base64(data)
  local made = {}
  for i = 1, #data - 2, 3 do
    local a, b, c = data:byte(i, i + 2)
    local group = a * 65536 + b * 256 + c
    made[#made + 1] = letters[floor(group / 262144)] .. letters[floor(group / 4096) % 64] ..
      letters[floor(group / 64) % 64] .. letters[group % 64]
  end
  local left = #data % 3
  if left == 1 then
    local group = data:byte(-1) * 16
    made[#made + 1] = letters[floor(group / 64)] .. letters[group % 64] .. "=="
  elseif left == 2 then
    local a, b = data:byte(-2, -1)
    local group = (a * 256 + b) * 4
    made[#made + 1] = letters[floor(group / 4096)] .. letters[floor(group / 64) % 64] .. letters[group % 64] .. "="
  end
  return table.concat(made)
end

local rows = {
  { "header-compare", function() return (request.headers["x-tenant"] or "") == "alpha" end },
  { "header-lower-contains", function()
    return (request.headers["accept"] or ""):lower():find("json", 1, true) ~= nil
  end },
  { "method-and-path", function() return request.method == "GET" and request.path:sub(1, 7) == "/orders" end },
  { "variable-compare", function() return variables.tenant == "alpha" end },
  { "variable-arithmetic", function() return (variables.attempt or 0) + 1 < 5 end },
  { "interpolation", function() return subscription.id .. ":" .. api.id .. ":" .. operation.id end },
  { "null-conditional", function()
    return user and user.groups and user.groups[1] and user.groups[1].name or "none"
  end },
  { "linq-headers", function()
    local made = {}
    for i = 1, #header_names do
      local name = header_names[i]
      if name:sub(1, 2) == "X-" then made[#made + 1] = name .. "=" .. request.headers[name:lower()] end
    end
    return table.concat(made, ";")
  end },
  { "datetime-format", function() return os.date("!%Y-%m-%dT%H:%M:%SZ", timestamp + 300) end },
  { "base64", function() return base64("user:" .. subscription.id) end },
  { "json-body-read", function() return cjson.decode(chat_body).model end },
  { "json-body-edit", function()
    local body = cjson.decode(chat_body)
    body.model = "gpt-4o"
    body.user = nil
    if body.max_tokens and body.max_tokens > 128 then body.max_tokens = 128 end
    return cjson.encode(body)
  end },
  { "backend-select", function()
    local best, priority = -1, math.huge
    for i = 1, #backends do
      local b = backends[i]
      if not b.isThrottling and b.priority < priority then best, priority = i - 1, b.priority end
    end
    return best
  end },
  { "json-usage-read", function() return cjson.decode(answer_body).usage.total_tokens end },
  { "regex-max-age", function() return (answer_headers["cache-control"] or ""):match("max%-age=(%d+)") end },
}

local sink
local function batch(run, count)
  local start = os.clock()
  for _ = 1, count do sink = run() end
  return os.clock() - start
end

for _, row in ipairs(rows) do
  local run, count = row[2], 1000
  while batch(run, count) < 0.02 do count = count * 2 end
  local times = {}
  for i = 1, 11 do times[i] = batch(run, count) / count * 1e9 end
  table.sort(times)
  print(string.format('{"id":"%s","median_ns":%.1f}', row[1], times[6]))
end
return sink
