// SPDX-License-Identifier: Apache-2.0
// Dates and durations in 100 ns ticks since 0001-01-01: calendar, formats, parsing. Invariant culture; local time is
// UTC.
#pragma once

#include <sluice/value.hpp>

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::expression {

inline constexpr std::int64_t ticks_per_millisecond = 10'000;
inline constexpr std::int64_t ticks_per_second = 10'000'000;
inline constexpr std::int64_t ticks_per_minute = 60 * ticks_per_second;
inline constexpr std::int64_t ticks_per_hour = 60 * ticks_per_minute;
inline constexpr std::int64_t ticks_per_day = 24 * ticks_per_hour;
inline constexpr std::int64_t max_date_ticks = 3'155'378'975'999'999'999;
inline constexpr std::int64_t unix_epoch_ticks = 621'355'968'000'000'000;
/// Kinds of DateTime.
inline constexpr std::uint8_t unspecified_kind = 0, utc_kind = 1, local_kind = 2;

struct CivilDate {
  int year = 1, month = 1, day = 1;
};
CivilDate civil_date(std::int64_t ticks);
bool is_leap_year(int year);
int days_in_month(int year, int month);
/// Nothing when there is no such day or time.
std::optional<std::int64_t> date_ticks(int year, int month, int day, int hour = 0, int minute = 0, int second = 0,
                                       int millisecond = 0);

/// Appends ToString of date_time, date_time_offset and time_span values. A bad format sets `fault`.
void format_temporal(std::pmr::string& to, const Value& value, std::string_view format, std::string& fault);
/// `DateTime.Parse`; kind local when the text names a zone, since local time is UTC.
std::optional<Value> parse_date_time(std::string_view text, bool round_trip = false);
std::optional<Value> parse_date_time_exact(std::string_view text, std::string_view format);
std::optional<Value> parse_date_time_offset(std::string_view text);
std::optional<std::int64_t> parse_time_span(std::string_view text, bool* overflow = nullptr);
/// Durations of XML Schema (ISO 8601): `P1DT2H3M4.5S`. Months and years have no length and are refused.
std::string format_iso_duration(std::int64_t ticks);
std::optional<std::int64_t> parse_iso_duration(std::string_view text);

}  // namespace sluice::expression
