// SPDX-License-Identifier: Apache-2.0
// Unicode blocks by the names that .NET patterns use (`\p{IsGreek}`).
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::expression {

struct UnicodeBlock {
  std::string_view name;
  std::uint32_t first;
  std::uint32_t last;
};

/// Null when there is none of that name.
const UnicodeBlock* find_block(std::string_view name);

}  // namespace sluice::expression
