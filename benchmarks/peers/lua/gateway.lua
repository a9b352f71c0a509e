-- SPDX-License-Identifier: Apache-2.0
-- What gateways in Lua do with a chat: the caller by its key, a member of the pool by the model, credentials for that
-- member, tokens taken from the caller's limit by an estimate before the request is sent and put right by what the
-- answer says, usage and metrics counted. Names of counters are made once, answers of one piece are not copied.
local decode = require('cjson.safe').decode
local floor, random = math.floor, math.random

local tokens_per_minute = 1e12
local default_completion = 4096

local callers = {}
local function add_caller(key, name)
  callers[key] = { name = name, window = 0, counter = '', used = 'used{' .. name .. '}', metrics = {} }
end
add_caller('bench-primary-key', 'bench')
add_caller('bench-secondary-key', 'bench')

local function member(name, weight)
  return { name = name, weight = weight, authorization = 'Bearer ' .. name .. '-secret' }
end
local models = { ['gpt-4o'] = { member('first', 50), member('second', 50) } }

local function body_of_request()
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  if body then return body end
  local name = ngx.req.get_body_file()
  if not name then return '' end
  local file = io.open(name)
  body = file:read('*a')
  file:close()
  return body
end

local function pick(members)
  local left = 0
  for i = 1, #members do left = left + members[i].weight end
  left = random() * left
  for i = 1, #members do
    left = left - members[i].weight
    if left < 0 then return members[i] end
  end
  return members[#members]
end

-- The name of the caller's counter in this minute.
local function counter_of(caller)
  local window = floor(ngx.now() / 60)
  if window ~= caller.window then
    caller.window, caller.counter = window, caller.name .. ':' .. window
  end
  return caller.counter
end

local function metrics_of(caller, model)
  local names = caller.metrics[model]
  if not names then
    local labels = '{caller="' .. caller.name .. '",model="' .. model .. '"}'
    names = { prompt = 'prompt_tokens' .. labels, completion = 'completion_tokens' .. labels, total = 'tokens' .. labels }
    caller.metrics[model] = names
  end
  return names
end

gateway = {}

function gateway.admit()
  local caller = callers[ngx.var.http_api_key or '']
  if not caller then return ngx.exit(401) end
  local body = body_of_request()
  local asked = decode(body)
  local members = asked and models[asked.model]
  if not members then return ngx.exit(404) end
  local counter, estimate = counter_of(caller), floor(#body / 4) + (asked.max_tokens or default_completion)
  local tokens = ngx.shared.tokens
  if tokens:incr(counter, estimate, 0, 120) > tokens_per_minute then
    tokens:incr(counter, -estimate)
    return ngx.exit(429)
  end
  local chosen = pick(members)
  ngx.var.member = chosen.name
  ngx.req.set_header('Authorization', chosen.authorization)
  local ctx = ngx.ctx
  ctx.caller, ctx.model, ctx.counter, ctx.estimate = caller, asked.model, counter, estimate
end

local function settle(ctx, usage)
  local caller, metrics = ctx.caller, ngx.shared.metrics
  local names = metrics_of(caller, ctx.model)
  ngx.shared.tokens:incr(ctx.counter, usage.total_tokens - ctx.estimate)
  metrics:incr(caller.used, usage.total_tokens, 0)
  metrics:incr(names.prompt, usage.prompt_tokens, 0)
  metrics:incr(names.completion, usage.completion_tokens, 0)
  metrics:incr(names.total, usage.total_tokens, 0)
end

function gateway.count()
  local ctx, piece, is_last = ngx.ctx, ngx.arg[1], ngx.arg[2]
  if not ctx.caller then return end
  if piece ~= '' then
    if not ctx.body then
      ctx.body = piece
    elseif type(ctx.body) == 'table' then
      ctx.body[#ctx.body + 1] = piece
    else
      ctx.body = { ctx.body, piece }
    end
  end
  if not is_last or not ctx.body then return end
  local answer = decode(type(ctx.body) == 'table' and table.concat(ctx.body) or ctx.body)
  if type(answer) == 'table' and answer.usage then settle(ctx, answer.usage) end
end

function gateway.print_metrics()
  for _, name in ipairs(ngx.shared.metrics:get_keys(100)) do ngx.say(name, ' ', ngx.shared.metrics:get(name)) end
end
