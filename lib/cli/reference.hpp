// SPDX-License-Identifier: Apache-2.0
// The references that the command prints, as Markdown, from the tables that the checks themselves read.
#pragma once

#include <string>
#include <string_view>

namespace sluice::cli {

/// What expressions know.
void print_expression_reference();
/// The catalogue of policies.
void print_policy_reference();

/// Text for a cell of a table: bars would end it.
inline std::string cell(std::string_view text) {
  std::string made;
  for (const char c : text) made += c == '|' ? std::string("\\|") : std::string(1, c);
  return made;
}

}  // namespace sluice::cli
