// SPDX-License-Identifier: Apache-2.0
#include "pii/kinds.hpp"

namespace sluice::pii {
namespace {

struct Names {
  std::string_view name, label;
};
constexpr std::array<Names, kind_count> names = {{{"email", "EMAIL"},
                                                  {"phone", "PHONE"},
                                                  {"card", "CARD"},
                                                  {"iban", "IBAN"},
                                                  {"national-id", "NATIONAL_ID"},
                                                  {"ip", "IP"},
                                                  {"key", "KEY"},
                                                  {"jwt", "JWT"},
                                                  {"private-key", "PRIVATE_KEY"},
                                                  {"custom", "CUSTOM"},
                                                  {"placeholder", "PLACEHOLDER"}}};

}  // namespace

std::string_view to_string(Kind kind) { return names[static_cast<std::size_t>(kind)].name; }

std::string_view label_of(Kind kind) { return names[static_cast<std::size_t>(kind)].label; }

std::optional<Kind> parse_kind(std::string_view name) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Kind::custom); ++i) {
    if (names[i].name == name) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

}  // namespace sluice::pii
