// SPDX-License-Identifier: Apache-2.0
// Replace and ReplaceFirst: what is looked for is a regular expression of .NET, as templates that the service writes
// for SOAP operations expect. In what is put in, `$1` stands for a group for Replace and for itself for ReplaceFirst.
// Source: DotLiquid 2.0, StandardFilters.
#include "liquid/filters.hpp"
#include "liquid/library_call.hpp"

namespace sluice::liquid {
namespace {

Value replace(const FilterCall& call) {
  if (plain(call.input).is_null()) return {};
  return call_library(call.run, "static Regex", "Replace", "(string input, string pattern, string replacement)",
                      {Value::string(call.text()), Value::string(call.text(0)), Value::string(call.text(1))});
}

/// `$` stands for itself when it is doubled.
std::string literal_replacement(std::string_view text) {
  std::string result;
  for (const char c : text) result.append(c == '$' ? 2 : 1, c);
  return result;
}

Value replace_first(const FilterCall& call) {
  if (plain(call.input).is_null()) return {};
  const Value regex = call_library(call.run, "Regex", "new", "(string pattern)", {Value::string(call.text(0))});
  if (call.run.failed()) return {};
  const Value replacement = call.run.text(literal_replacement(call.text(1)));
  return call_library(call.run, "Regex", "Replace", "(string input, string replacement, int count)",
                      {regex, Value::string(call.text()), replacement, Value::int32(1)});
}

constexpr Filter rows[] = {
    {"Replace", 1, 2, replace, true},
    {"ReplaceFirst", 1, 2, replace_first, true},
};

}  // namespace

constinit const std::span<const Filter> pattern_filters = rows;

}  // namespace sluice::liquid
