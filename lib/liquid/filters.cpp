// SPDX-License-Identifier: Apache-2.0
#include "liquid/filters.hpp"

#include "base/text.hpp"

namespace sluice::liquid {
namespace {

/// `divided_by` is `DividedBy`.
bool is_called(std::string_view filter, std::string_view written) {
  std::size_t at = 0;
  for (const char c : written) {
    if (c == '_') continue;
    if (at == filter.size() || to_lower(filter[at]) != to_lower(c)) return false;
    ++at;
  }
  return at == filter.size();
}

}  // namespace

std::vector<std::span<const Filter>> filter_families() {
  return {text_filters, pattern_filters, number_filters, list_filters};
}

const Filter* find_filter(std::string_view name) {
  for (const std::span<const Filter> family : filter_families()) {
    for (const Filter& filter : family) {
      if (is_called(filter.name, name)) return &filter;
    }
  }
  return nullptr;
}

std::int64_t FilterCall::whole(std::size_t place, std::int64_t fallback) const {
  if (place >= arguments.size()) return fallback;
  const auto number = number_of(run, arguments[place]);
  if (number && number->is_whole) return number->whole;
  run.raise(expression::Fault::format, "A filter wants a whole number, found '" +
                                           std::string(shown_text(run, arguments[place]).substr(0, 100)) + "'.");
  return fallback;
}

}  // namespace sluice::liquid
