// SPDX-License-Identifier: Apache-2.0
// Source: Json.NET, "Serializing Dates in JSON".
#include "base/json_date.hpp"

#include "base/text.hpp"

#include <chrono>
#include <cstdio>

namespace sluice {
namespace {

using namespace std::chrono;

/// 100 nanoseconds, as .NET counts.
using DateTicks = duration<std::int64_t, std::ratio<1, 10'000'000>>;
using Instant = time_point<system_clock, DateTicks>;

constexpr std::size_t longest_date = 40;
constexpr Instant first_instant = sys_days(year(1) / 1 / 1);
constexpr Instant end_of_time = sys_days(year(10'000) / 1 / 1);

/// A number of exactly `digits` digits at the start of `text`, which loses them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}
bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::string format(Instant instant, std::string_view zone) {
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(instant - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  std::string result = text;
  if (time.subseconds().count() != 0) {
    std::snprintf(text, sizeof text, ".%07d", static_cast<int>(time.subseconds().count()));
    result += text;
    result.erase(result.find_last_not_of('0') + 1);
  }
  return result.append(zone);
}

/// `±hh:mm`, `±hhmm`, `±hh`, and nothing more.
std::optional<minutes> take_offset(std::string_view text) {
  const bool is_west = text.starts_with('-');
  if (!is_west && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 14) return std::nullopt;
  int minute = 0;
  if (!text.empty()) {
    take(text, ':');
    const auto given = take_number(text, 2);
    if (!given || *given > 59 || !text.empty()) return std::nullopt;
    minute = *given;
  }
  const minutes offset(*hour * 60 + minute);
  return is_west ? -offset : offset;
}

std::optional<std::string> shifted(Instant instant, minutes offset) {
  const Instant moved = instant - offset;
  if (moved < first_instant || moved >= end_of_time) return std::nullopt;
  return format(moved, "+00:00");
}

std::optional<std::string> iso_date(std::string_view text) {
  const auto y = take_number(text, 4);
  if (!y || *y == 0 || !take(text, '-')) return std::nullopt;
  const auto mo = take_number(text, 2);
  if (!mo || !take(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d || !take(text, 'T')) return std::nullopt;
  const year_month_day date(year(*y), month(static_cast<unsigned>(*mo)), day(static_cast<unsigned>(*d)));
  const auto h = take_number(text, 2);
  if (!date.ok() || !h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || *m > 59 || !take(text, ':')) return std::nullopt;
  const auto s = take_number(text, 2);
  if (!s || *s > 59) return std::nullopt;
  Instant instant = sys_days(date) + hours(*h) + minutes(*m) + seconds(*s);
  if (take(text, '.')) {
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    for (DateTicks unit(1'000'000); !text.empty() && is_digit(text[0]); unit /= 10, text.remove_prefix(1))
      instant += unit * (text[0] - '0');
  }
  if (text.empty() || text == "Z") return format(instant, text);
  const auto offset = take_offset(text);
  return offset ? shifted(instant, *offset) : std::nullopt;
}

/// What stands in the brackets of `/Date(…)/`.
std::optional<std::string> microsoft_date(std::string_view text) {
  const std::size_t sign = text.find_first_of("+-", 1);
  const auto count = parse_integer(text.substr(0, sign));
  constexpr std::int64_t most = 400'000'000'000'000;  // Milliseconds; beyond any year.
  if (!count || *count > most || *count < -most) return std::nullopt;
  const Instant instant{duration_cast<DateTicks>(milliseconds(*count))};
  if (instant < first_instant || instant >= end_of_time) return std::nullopt;
  if (sign == std::string_view::npos) return format(instant, "Z");
  // The offset is that of the clock that wrote it; the milliseconds are UTC.
  return take_offset(text.substr(sign)) ? shifted(instant, minutes(0)) : std::nullopt;
}

}  // namespace

std::optional<std::string> rewritten_json_date(std::string_view text) {
  if (text.size() > longest_date) return std::nullopt;
  if (text.starts_with("/Date(") && text.ends_with(")/")) return microsoft_date(text.substr(6, text.size() - 8));
  return iso_date(text);
}

}  // namespace sluice
