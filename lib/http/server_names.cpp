// SPDX-License-Identifier: Apache-2.0
#include "http/server_names.hpp"

#include "base/text.hpp"

namespace sluice::http {

std::string read_server_name(std::span<const unsigned char> data) {
  constexpr std::size_t most_name_bytes = 253;
  constexpr unsigned char host_name = 0;
  const auto number_at = [&](std::size_t at) { return std::size_t{data[at]} << 8 | data[at + 1]; };
  // List: length. Its only entry: kind, length, name.
  if (data.size() < 5 || number_at(0) != data.size() - 2 || data[2] != host_name) return {};
  const std::size_t size = number_at(3);
  if (size == 0 || size > most_name_bytes || size != data.size() - 5) return {};
  return to_lower({reinterpret_cast<const char*>(data.data()) + 5, size});
}

void ServerNames::add(std::string_view name, std::size_t certificate) {
  const std::string lower = to_lower(name);
  if (lower.starts_with("*.")) {
    wildcards_.emplace(lower.substr(1), certificate);
  } else {
    exact_.emplace(lower, certificate);
  }
}

std::optional<std::size_t> ServerNames::find(std::string_view host) const {
  if (const auto found = exact_.find(host); found != exact_.end()) return found->second;
  const std::size_t dot = host.find('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const auto found = wildcards_.find(host.substr(dot));
  return found == wildcards_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace sluice::http
