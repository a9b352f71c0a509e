// SPDX-License-Identifier: Apache-2.0
// Patterns of .NET written as PCRE2 reads them: group numbers, escapes, classes, options.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::expression {

/// System.Text.RegularExpressions.RegexOptions.
enum RegexOption : std::int32_t {
  regex_ignore_case = 1,
  regex_multiline = 2,
  regex_explicit_capture = 4,
  regex_singleline = 16,
  regex_ignore_white = 32,
  regex_right_to_left = 64,
  regex_ecma_script = 256
};

/// A group as .NET counts it: unnamed ones from left to right, then the named ones.
struct RegexGroup {
  int number;
  std::string name;  ///< The number's digits for unnamed groups.
};

struct RegexSyntax {
  std::string pattern;             ///< For PCRE2, with PCRE2_DUPNAMES.
  std::vector<RegexGroup> groups;  ///< By number; the first is the whole match.
  std::vector<int> number_of;      ///< .NET's number of each group of PCRE2, from its group 1 on.
  std::string error;               ///< What .NET refuses, or what has no counterpart; empty when all is well.
  std::size_t error_at = 0;
};

RegexSyntax read_regex(std::string_view text, std::int32_t options);

}  // namespace sluice::expression
