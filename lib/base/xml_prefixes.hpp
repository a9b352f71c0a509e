// SPDX-License-Identifier: Apache-2.0
// Prefixes of namespaces while XML is written from names of another kind.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// Prefixes in scope; texts must outlive it.
class XmlPrefixes {
 public:
  /// `separator`: what stands between prefix and name beside the colon.
  explicit XmlPrefixes(std::string_view separator) : separator_(separator) {}

  std::size_t size() const { return bindings_.size(); }
  /// Forgets those beyond the first `size`.
  void leave(std::size_t size) { bindings_.resize(size); }

  /// Binds a prefix (empty: the default namespace) in an element that found `outside` of them. What is wrong with it,
  /// or nothing.
  std::optional<std::string> declare(std::string_view prefix, std::string_view space, std::size_t outside);

  /// The name as it is written, and the namespace of its prefix where it has one that is declared. Every other colon is
  /// encoded, like all that may not stand in a name.
  std::pair<std::string, std::string_view> qualified(std::string_view name) const;

 private:
  std::optional<std::string_view> meaning(std::string_view prefix) const;

  std::string_view separator_;
  std::vector<std::pair<std::string_view, std::string_view>> bindings_;
};

}  // namespace sluice
