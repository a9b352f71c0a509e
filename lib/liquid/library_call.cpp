// SPDX-License-Identifier: Apache-2.0
#include "liquid/library_call.hpp"

#include <cassert>

namespace sluice::liquid {

Value call_library(expression::Evaluation& run, std::string_view receiver, std::string_view name,
                   std::string_view parameters, std::initializer_list<Value> arguments) {
  for (const expression::Member* member : expression::members_named(name)) {
    if (member->row->receiver != receiver || member->row->parameters != parameters) continue;
    const expression::CallSite site(*member);
    expression::Call call{run, arguments.begin(), static_cast<std::uint32_t>(arguments.size()), &site};
    return member->row->function(call);
  }
  assert(!"the expression library has no such member");
  return {};
}

}  // namespace sluice::liquid
