// SPDX-License-Identifier: Apache-2.0
#include "base/secret_names.hpp"

#include <sluice/message.hpp>

#include <span>

namespace sluice {
namespace {

using Parts = std::span<const std::string_view>;
constexpr std::string_view with_a[] = {"authorization", "api-key", "apikey"};
constexpr std::string_view with_c[] = {"cookie"};
constexpr std::string_view with_f[] = {"functions-key"};
constexpr std::string_view with_p[] = {"password"};
constexpr std::string_view with_s[] = {"subscription-key", "secret"};
constexpr std::string_view with_t[] = {"token"};

/// Those that begin with that letter.
Parts parts_with(char letter) {
  switch (letter | 0x20) {
    case 'a': return with_a;
    case 'c': return with_c;
    case 'f': return with_f;
    case 'p': return with_p;
    case 's': return with_s;
    case 't': return with_t;
    default: return {};
  }
}

}  // namespace

bool is_secret_name(std::string_view name) {
  for (; !name.empty(); name.remove_prefix(1)) {
    for (const std::string_view part : parts_with(name.front())) {
      if (equal_ignoring_case(name.substr(0, part.size()), part)) return true;
    }
  }
  return false;
}

}  // namespace sluice
