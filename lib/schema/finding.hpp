// SPDX-License-Identifier: Apache-2.0
// What is wrong with a message, and where in it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::schema {

/// Line and position in it, both from 1; 0: not known.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t position = 0;
};

struct Finding {
  std::string message;  ///< A sentence.
  std::string path;     ///< JSON pointer of the value; empty for the whole and for XML.
  Place place;
};

/// What a check found. A message agrees with its schema when both are empty.
struct CheckResult {
  std::vector<Finding> findings;
  std::string failure;  ///< Not empty: the check could not be made to its end.
  bool is_clean() const { return findings.empty() && failure.empty(); }
};

/// Gives the text of another document that a schema refers to by URI; null when there is none.
using SchemaSource = std::function<const std::string*(std::string_view uri)>;

/// The place of byte `offset`.
inline Place place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t position = start == std::string_view::npos ? before.size() : before.size() - start - 1;
  return {static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(position + 1)};
}

}  // namespace sluice::schema
