// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using std::chrono::days;

TEST_CASE("ISO 8601 durations are read", "[base][time]") {
  CHECK(parse_iso_duration("PT10S") == 10s);
  CHECK(parse_iso_duration("P1D") == 24h);
  CHECK(parse_iso_duration("PT1H30M") == 90min);
  CHECK(parse_iso_duration("P1Y2M3DT4H5M6S") == days(365 + 60 + 3) + 4h + 5min + 6s);
  CHECK(parse_iso_duration("P2W") == days(14));
  CHECK(parse_iso_duration("PT0.5S") == 500ms);
  CHECK(parse_iso_duration("PT0S") == 0s);
  CHECK(parse_iso_duration("PT300M") == 300min);
}

TEST_CASE("what is no ISO 8601 duration is refused", "[base][time]") {
  for (auto text : {"",
                    "P",
                    "PT",
                    "P1",
                    "1D",
                    "PT10",
                    "PT10X",
                    "P1S",
                    "PT1D",
                    "PT1S1M",
                    "PT1M1M",
                    "-PT1S",
                    "PT1.5M",
                    "PT1.S",
                    "P1DT",
                    "PT10S ",
                    "pt10s",
                    "PT-1S",
                    "P9999999999999D",
                    "P999999999D",
                    "P365000DT1S"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso_duration(text));
  }
  CHECK(parse_iso_duration("P365000D") == max_duration);
}

TEST_CASE("hh:mm:ss durations are read, with days and fractions", "[base][time]") {
  CHECK(parse_clock_duration("00:00:10") == 10s);
  CHECK(parse_clock_duration("01:30:05") == 1h + 30min + 5s);
  CHECK(parse_clock_duration("3.04:05:06") == 76h + 5min + 6s);
  CHECK(parse_clock_duration("00:00:00.25") == 250ms);
  CHECK(parse_clock_duration("00:00:00.1234567") == 123456us);
  for (auto text : {"", "10", "00:10", "24:00:00", "00:60:00", "00:00:60", "0:0:0", "00:00:00.", "1.2.03:00:00",
                    "-00:00:01", "9999999.00:00:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_clock_duration(text));
  }
  CHECK(parse_duration("PT5S") == 5s);
  CHECK(parse_duration("00:00:05") == 5s);
}

TEST_CASE("instants are read in their own zone and written in UTC", "[base][time]") {
  const WallTime base{1'700'000'000s};
  CHECK(parse_instant("2023-11-14T22:13:20Z") == base);
  CHECK(parse_instant("2023-11-14T23:13:20+01:00") == base);
  CHECK(parse_instant("2023-11-14T16:43:20-05:30") == base);
  CHECK(parse_instant("2023-11-14T22:13:20") == base);
  CHECK(parse_instant("2023-11-14T22:13:20.125Z") == base + 125ms);
  CHECK(parse_instant("2023-11-14") == base - 22h - 13min - 20s);
  CHECK(parse_instant("0001-01-01T00:00:00Z").has_value());
  CHECK(format_instant(base) == "2023-11-14T22:13:20Z");
  CHECK(format_instant(base + 125ms) == "2023-11-14T22:13:20.125Z");
  CHECK(format_instant(base + 7us) == "2023-11-14T22:13:20.000007Z");
  CHECK(format_instant(*parse_instant("0001-01-01T00:00:00Z")) == "0001-01-01T00:00:00Z");
  CHECK(format_instant(*parse_instant("2024-02-29T00:00:00Z")) == "2024-02-29T00:00:00Z");
  for (auto text : {"", "2023", "2023-13-01", "2023-02-29", "2023-02-01T24:00:00Z", "2023-02-01T00:61:00Z",
                    "2023-02-01X", "2023-02-01T00:00:00+99:00", "2023-02-01T00:00:00Zx", "0000-01-01", "23-01-01"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_instant(text));
  }
}

TEST_CASE("every instant that is written is read again", "[base][time]") {
  for (std::int64_t second = -62'135'596'800; second < 250'000'000'000; second += 997'778'777) {
    const WallTime time{std::chrono::seconds(second)};
    CHECK(parse_instant(format_instant(time)) == time);
    CHECK(parse_http_date(format_http_date(time)) == time);
  }
}

TEST_CASE("HTTP dates are read and written", "[base][time]") {
  const auto time = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  REQUIRE(time);
  CHECK(format_instant(*time) == "1994-11-06T08:49:37Z");
  CHECK(format_http_date(*time) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK_FALSE(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"));
  CHECK_FALSE(parse_http_date("Sun, 06 Nov 1994 08:49:37"));
  CHECK_FALSE(parse_http_date("Sun, 31 Feb 1994 08:49:37 GMT"));
}

TEST_CASE("Retry-After is seconds or a date", "[base][time]") {
  const WallTime now = *parse_instant("1994-11-06T08:49:00Z");
  CHECK(parse_retry_after("30", now) == 30s);
  CHECK(parse_retry_after(" 0 ", now) == 0s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == 37s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now) == 0s);
  CHECK_FALSE(parse_retry_after("soon", now));
  CHECK_FALSE(parse_retry_after("-1", now));
  CHECK_FALSE(parse_retry_after("1.5", now));
  CHECK_FALSE(parse_retry_after("99999999999999999999", now));
}

TEST_CASE("a wait is told in whole seconds, never none", "[base][time]") {
  CHECK(retry_after_seconds(0us) == 1);
  CHECK(retry_after_seconds(1us) == 1);
  CHECK(retry_after_seconds(1s) == 1);
  CHECK(retry_after_seconds(1s + 1us) == 2);
}

TEST_CASE("durations are written as clock and in words", "[base][time]") {
  CHECK(format_clock_duration(0s) == "00:00:00");
  CHECK(format_clock_duration(3723s) == "01:02:03");
  CHECK(format_clock_duration(999ms) == "00:00:01");
  CHECK(format_clock_duration(49h) == "2.01:00:00");
  CHECK(format_duration_words(days(24) + 14h + 5min) == "24 days, 14 hours");
  CHECK(format_duration_words(21min + 33s) == "21 minutes and 33 seconds");
  CHECK(format_duration_words(1h + 1min) == "1 hour, 1 minute");
  CHECK(format_duration_words(days(1)) == "1 day");
  CHECK(format_duration_words(59s) == "59 seconds");
  CHECK(format_duration_words(1s) == "1 second");
}

TEST_CASE("calendar periods start at truncated UTC times", "[base][time]") {
  const WallTime time = *parse_instant("2024-02-29T22:13:20Z");  // a Thursday
  const auto start = [&](CalendarPeriod period) { return format_instant(period_start(period, time)); };
  const auto next = [&](CalendarPeriod period) { return format_instant(next_period_start(period, time)); };
  CHECK(start(CalendarPeriod::hour) == "2024-02-29T22:00:00Z");
  CHECK(next(CalendarPeriod::hour) == "2024-02-29T23:00:00Z");
  CHECK(start(CalendarPeriod::day) == "2024-02-29T00:00:00Z");
  CHECK(next(CalendarPeriod::day) == "2024-03-01T00:00:00Z");
  CHECK(start(CalendarPeriod::week) == "2024-02-26T00:00:00Z");
  CHECK(next(CalendarPeriod::week) == "2024-03-04T00:00:00Z");
  CHECK(start(CalendarPeriod::month) == "2024-02-01T00:00:00Z");
  CHECK(next(CalendarPeriod::month) == "2024-03-01T00:00:00Z");
  CHECK(start(CalendarPeriod::year) == "2024-01-01T00:00:00Z");
  CHECK(next(CalendarPeriod::year) == "2025-01-01T00:00:00Z");
  CHECK(format_instant(next_period_start(CalendarPeriod::month, *parse_instant("2024-12-31T23:59:59Z"))) ==
        "2025-01-01T00:00:00Z");
  // The start of a period belongs to it.
  const WallTime monday = *parse_instant("2024-02-26T00:00:00Z");
  CHECK(period_start(CalendarPeriod::week, monday) == monday);
}
