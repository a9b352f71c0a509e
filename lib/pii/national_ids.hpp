// SPDX-License-Identifier: Apache-2.0
// National ids: a table of what states number their people with, each with its form, its check and the words that
// people put beside it.
#pragma once

#include "pii/found.hpp"
#include "pii/number_run.hpp"
#include "pii/window.hpp"

#include <span>
#include <string_view>

namespace sluice::pii {

struct NationalId {
  std::string_view name;                  ///< `de-steuer-id`: begins with the country (ISO 3166).
  std::string_view forms;                 ///< Written so, it shows by itself. Separated by blanks; see below.
  std::string_view words;                 ///< What it is called, separated by `|`.
  bool (*passes)(std::string_view text);  ///< Check digits, dates and ranges of the text without separators.
  Confidence alone = Confidence::medium;  ///< In one of its forms, without a word near it.
};

/// Ids of digits. Forms are sizes of groups (`3-2-4`; `_` is a blank). With a word near it, any grouping is taken.
std::span<const NationalId> number_ids(std::size_t digits);
/// Ids with letters. Forms are patterns (`99999999A`): 9 a digit, A a capital, others themselves. With a word near it,
/// small letters are taken too.
std::span<const NationalId> letter_ids();

/// Ids of the country (two small letters) are known.
bool has_national_ids(std::string_view country);

/// The id that the window begins with, as far as the digits of `run` show. Only ids of `countries` (two small letters
/// each, separated by blanks; empty: all).
Found find_number_id(Window& window, const NumberRun& run, std::string_view countries);
Found find_letter_id(Window& window, std::string_view countries);

}  // namespace sluice::pii
