// SPDX-License-Identifier: Apache-2.0
#include "base/fabric_name.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

namespace sluice {
namespace {

constexpr std::string_view scheme = "fabric:/";

}  // namespace

bool is_fabric_name(std::string_view text) { return equal_ignoring_case(text.substr(0, scheme.size()), scheme); }

std::optional<std::string> fabric_service_id(std::string_view name) {
  if (is_fabric_name(name)) name.remove_prefix(scheme.size());
  std::string id;
  for (const std::string_view part : split(name, '/')) {
    // What a URL would understand as a way up must not become a part of one.
    if (part.empty() || part == "." || part == "..") return std::nullopt;
    if (!id.empty()) id += '~';
    id += percent_encode(part);
  }
  if (id.empty()) return std::nullopt;
  return id;
}

}  // namespace sluice
