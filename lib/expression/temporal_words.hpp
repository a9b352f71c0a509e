// SPDX-License-Identifier: Apache-2.0
// What writing and reading dates share: names, and the letters of formats.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace sluice::expression {

inline constexpr std::array<std::string_view, 7> day_names = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                              "Thursday", "Friday", "Saturday"};
inline constexpr std::array<std::string_view, 12> month_names = {"January",   "February", "March",    "April",
                                                                 "May",       "June",     "July",     "August",
                                                                 "September", "October",  "November", "December"};

/// How often the letter at `at` stands there in a row.
inline std::size_t run_length(std::string_view format, std::size_t at) {
  std::size_t end = at;
  while (end < format.size() && format[end] == format[at]) ++end;
  return end - at;
}

}  // namespace sluice::expression
