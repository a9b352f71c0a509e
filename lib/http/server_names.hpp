// SPDX-License-Identifier: Apache-2.0
// Which of a listener's certificates is for the host that a caller names (SNI): pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// The host that a ClientHello names, in lower case; empty when it names none or the extension is malformed. `data` is
/// the content of the server_name extension. Source: RFC 6066 section 3.
std::string read_server_name(std::span<const unsigned char> data);

class ServerNames {
 public:
  /// A DNS name, or `*.` before one. What was added first for a name stays.
  void add(std::string_view name, std::size_t certificate);
  /// The certificate for `host` (lower case): of that very name, else of the wildcard for its first label.
  std::optional<std::size_t> find(std::string_view host) const;

 private:
  std::map<std::string, std::size_t, std::less<>> exact_;
  std::map<std::string, std::size_t, std::less<>> wildcards_;  // without the first label: `.example.com`
};

}  // namespace sluice::http
