// SPDX-License-Identifier: Apache-2.0
// The filters of Liquid: rows of tables, one file a family. A row says how the filter is called; the parser checks it.
// Source: API Management policy reference, set-body, which lists them; DotLiquid, StandardFilters.
#pragma once

#include "liquid/values.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::liquid {

struct FilterCall {
  Evaluation& run;
  const LiquidOptions& options;
  Value input;
  std::span<const Value> arguments;

  std::string_view text() const { return shown_text(run, input); }
  /// The argument of that place as text, or `fallback`.
  std::string_view text(std::size_t place, std::string_view fallback = {}) const {
    return place < arguments.size() ? shown_text(run, arguments[place]) : fallback;
  }
  /// The same as a whole number. **Errors** (raised): FormatException.
  std::int64_t whole(std::size_t place, std::int64_t fallback) const;
  Items elements() const { return liquid::elements(run, options, input); }
};

struct Filter {
  std::string_view name;  ///< As .NET writes it: `DividedBy`; templates may also write `divided_by`.
  std::uint8_t least;     ///< Arguments behind the input.
  std::uint8_t most;
  Value (*function)(const FilterCall&);
  bool has_pattern = false;  ///< The first argument is a regular expression.
};

/// All of them, family by family.
std::vector<std::span<const Filter>> filter_families();
/// By its name without `_` and without case; null when unknown.
const Filter* find_filter(std::string_view name);

extern const std::span<const Filter> text_filters, pattern_filters, number_filters, list_filters;

}  // namespace sluice::liquid
