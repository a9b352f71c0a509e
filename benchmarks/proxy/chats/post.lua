-- SPDX-License-Identifier: Apache-2.0
-- wrk --script post.lua URL -- FILE: every request is a POST of FILE, made once.
function init(arguments)
  local file = assert(io.open(arguments[1]))
  wrk.method, wrk.body = 'POST', file:read('*a')
  wrk.headers['Content-Type'] = 'application/json'
  file:close()
end
