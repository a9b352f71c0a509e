// SPDX-License-Identifier: Apache-2.0
// Several members of an object of JSON, found in one pass.
#pragma once

#include "base/json.hpp"
#include "base/text.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace sluice {

/// The last member of each name, as JsonValue::find gives it; null where there is none.
template <std::size_t Count>
std::array<const JsonValue*, Count> find_members(const JsonValue& object,
                                                 const std::array<std::string_view, Count>& names) {
  std::array<const JsonValue*, Count> found{};
  for (const JsonMember& member : object.members) {
    for (std::size_t i = 0; i < Count; ++i) {
      const bool may_be = member.name.size() == names[i].size() && member.name.front() == names[i].front();
      if (may_be && same_text(member.name, names[i])) found[i] = &member.value;
    }
  }
  return found;
}

}  // namespace sluice
