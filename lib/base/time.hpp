// SPDX-License-Identifier: Apache-2.0
// Durations, instants and calendar periods as documents, entities and HTTP write them. All calendars are UTC.
#pragma once

#include <sluice/clock.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Longest duration that is read: 1,000 years. Longer texts are refused, so that sums of a few never overflow.
inline constexpr std::chrono::hours max_duration{24 * 365'000};

/// `PT10S`, `P1D`, `PT1H30M`, `P2W`, `PT0.5S`; a leading `-` is refused. A year counts 365 days and a month 30, as
/// .NET reads them. Nothing on anything else. **Source**: ISO 8601 section 5.5.2.
std::optional<std::chrono::microseconds> parse_iso_duration(std::string_view text);

/// `hh:mm:ss`, with days before (`d.hh:mm:ss`) and a fraction after (`hh:mm:ss.fff`).
std::optional<std::chrono::microseconds> parse_clock_duration(std::string_view text);

/// Either of the two.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);

/// `yyyy-MM-dd` with an optional `THH:mm[:ss[.fraction]]` and an optional `Z` or `±hh:mm`; UTC when it names none.
std::optional<WallTime> parse_instant(std::string_view text);

/// `2026-01-02T03:04:05Z`, with a fraction of 3 or 6 digits when there is one.
std::string format_instant(WallTime time);

/// `Sun, 06 Nov 1994 08:49:37 GMT`. **Source**: RFC 9110 section 5.6.7; the two obsolete forms are not read.
std::optional<WallTime> parse_http_date(std::string_view text);
std::string format_http_date(WallTime time);

/// A Retry-After field: whole seconds, or a date, which gives the time from `now` (0 when it has passed).
std::optional<std::chrono::microseconds> parse_retry_after(std::string_view text, WallTime now);

/// Whole seconds, rounded up, at least 1: what Retry-After may say (C5).
std::int64_t retry_after_seconds(std::chrono::microseconds wait);

/// `hh:mm:ss`, hours beyond a day as `d.hh:mm:ss`. Fractions are rounded up.
std::string format_clock_duration(std::chrono::microseconds duration);

/// The two largest units in words: `24 days, 14 hours`; below an hour `21 minutes and 33 seconds`. A unit of 0 is
/// left out. Fractions are rounded up.
std::string format_duration_words(std::chrono::microseconds duration);

/// Calendar periods that start at a truncated UTC time.
enum class CalendarPeriod : std::uint8_t { hour, day, week, month, year };

/// The latest start of such a period that is not after `time`. Weeks start on Monday.
WallTime period_start(CalendarPeriod period, WallTime time);
/// The start of the period after the one that holds `time`.
WallTime next_period_start(CalendarPeriod period, WallTime time);

}  // namespace sluice
