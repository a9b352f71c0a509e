-- SPDX-License-Identifier: Apache-2.0
-- wrk --script post.lua URL -- FILE: every request is a POST of FILE. Where it has 00000000, each has a number of its
-- own there: nobody asks the same twice.
local before, behind, number = nil, nil, 0

function init(arguments)
  local file = assert(io.open(arguments[1]))
  wrk.method, wrk.body = 'POST', file:read('*a')
  wrk.headers['Content-Type'] = 'application/json'
  file:close()
  local request = wrk.format()
  before, behind = request:match('^(.-)00000000(.*)$')
  before, behind = before or request, behind or ''
end

function request()
  if behind == '' then return before end
  number = number + 1
  return string.format('%s%08d%s', before, number % 100000000, behind)
end
