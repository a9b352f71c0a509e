// SPDX-License-Identifier: Apache-2.0
// Reading is by hand over the text, so that nothing depends on a locale and every number has a bound.
#include "base/time.hpp"

#include "base/text.hpp"

#include <array>
#include <cstdio>

namespace sluice {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Digits of one number: more cannot be within `max_duration` in any unit.
constexpr std::size_t max_digits = 12;

/// Takes numbers and characters off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  /// A number of `least` to `most` digits.
  std::optional<std::int64_t> number(std::size_t least = 1, std::size_t most = max_digits) {
    std::size_t length = 0;
    while (length < rest_.size() && is_digit(rest_[length])) ++length;
    if (length < least || length > most) return std::nullopt;
    std::int64_t value = 0;
    for (char digit : rest_.substr(0, length)) value = value * 10 + (digit - '0');
    rest_.remove_prefix(length);
    return value;
  }
  /// `.` or `,` and digits, as microseconds of a second; finer digits are dropped. 0 when there is no fraction.
  std::optional<microseconds> fraction() {
    if (!take('.') && !take(',')) return microseconds(0);
    std::int64_t value = 0;
    int digits = 0;
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), ++digits) {
      if (digits < 6) value = value * 10 + (rest_.front() - '0');
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 6; ++digits) value *= 10;
    return microseconds(value);
  }

 private:
  std::string_view rest_;
};

std::optional<seconds> unit_of(char letter, bool in_time) {
  if (in_time) {
    switch (letter) {
      case 'H': return hours(1);
      case 'M': return minutes(1);
      case 'S': return seconds(1);
      default: return std::nullopt;
    }
  }
  switch (letter) {
    case 'Y': return days(365);
    case 'M': return days(30);
    case 'W': return days(7);
    case 'D': return days(1);
    default: return std::nullopt;
  }
}

/// Position of a unit in the order that ISO 8601 wants.
int rank_of(char letter, bool in_time) {
  return static_cast<int>((in_time ? std::string_view("HMS") : std::string_view("YMWD")).find(letter)) +
         (in_time ? 10 : 0);
}

std::optional<std::chrono::sys_days> calendar_day(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1 || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

/// `HH:mm[:ss[.fraction]]` after the `T`.
std::optional<microseconds> time_of_day(Reader& reader) {
  const auto hour = reader.number(2, 2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  microseconds time = hours(*hour) + minutes(*minute);
  if (!reader.take(':')) return time;
  const auto second = reader.number(2, 2);
  if (!second || *second > 60) return std::nullopt;
  const auto fraction = reader.fraction();
  if (!fraction) return std::nullopt;
  return time + seconds(*second) + *fraction;
}

/// `Z` or `±hh:mm`; nothing there means UTC.
std::optional<minutes> zone_offset(Reader& reader) {
  if (reader.at_end() || reader.take('Z') || reader.take('z')) return minutes(0);
  const bool behind = reader.peek() == '-';
  if (!reader.take('+') && !reader.take('-')) return std::nullopt;
  const auto hour = reader.number(2, 2);
  reader.take(':');
  const auto minute = reader.number(2, 2);
  if (!hour || !minute || *hour > 14 || *minute > 59) return std::nullopt;
  const minutes offset = hours(*hour) + minutes(*minute);
  return behind ? -offset : offset;
}

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

template <std::size_t N>
std::optional<std::size_t> take_name(Reader& reader, const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i) {
    if (reader.take(names[i])) return i;
  }
  return std::nullopt;
}

struct CivilTime {
  std::chrono::year_month_day date;
  std::int64_t seconds_of_day, micros;
  std::chrono::weekday weekday;
};

CivilTime civil(WallTime time) {
  const auto day = std::chrono::floor<days>(time);
  const auto rest = time - day;
  const auto whole = std::chrono::floor<seconds>(rest);
  return {std::chrono::year_month_day(day), whole.count(), (rest - whole).count(), std::chrono::weekday(day)};
}

template <class... Numbers>
std::string print(const char* format, Numbers... numbers) {
  char buffer[96];
  const int length = std::snprintf(buffer, sizeof buffer, format, numbers...);
  return std::string(buffer, static_cast<std::size_t>(length));
}

std::string counted(std::int64_t number, std::string_view unit) {
  std::string text = std::to_string(number) + ' ' + std::string(unit);
  if (number != 1) text += 's';
  return text;
}

}  // namespace

std::optional<microseconds> parse_iso_duration(std::string_view text) {
  Reader reader(text);
  if (!reader.take('P')) return std::nullopt;
  microseconds total{0};
  bool in_time = false;
  int last_rank = -1;
  while (!reader.at_end()) {
    if (!in_time && reader.take('T')) {
      in_time = true;
      if (reader.at_end()) return std::nullopt;
    }
    const auto number = reader.number();
    if (!number) return std::nullopt;
    const auto fraction = reader.fraction();
    if (!fraction) return std::nullopt;
    const char letter = reader.peek();
    const auto unit = unit_of(letter, in_time);
    const int rank = rank_of(letter, in_time);
    if (!unit || rank <= last_rank || (fraction->count() != 0 && letter != 'S')) return std::nullopt;
    reader.take(letter);
    last_rank = rank;
    if (*number > seconds(max_duration) / *unit) return std::nullopt;
    total += *number * *unit + *fraction;
  }
  return last_rank < 0 || total > max_duration ? std::nullopt : std::optional(total);
}

std::optional<microseconds> parse_clock_duration(std::string_view text) {
  Reader reader(text);
  std::int64_t day = 0;
  auto hour = reader.number();
  if (hour && reader.take('.')) {
    day = *hour;
    hour = reader.number();
  }
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 2);
  if (!minute || *minute > 59 || !reader.take(':')) return std::nullopt;
  const auto second = reader.number(2, 2);
  if (!second || *second > 59) return std::nullopt;
  const auto fraction = reader.fraction();
  if (!fraction || !reader.at_end() || day > max_duration / days(1)) return std::nullopt;
  return days(day) + hours(*hour) + minutes(*minute) + seconds(*second) + *fraction;
}

std::optional<microseconds> parse_duration(std::string_view text) {
  return text.starts_with('P') ? parse_iso_duration(text) : parse_clock_duration(text);
}

std::optional<WallTime> parse_instant(std::string_view text) {
  Reader reader(text);
  const auto year = reader.number(4, 4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.number(2, 2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.number(2, 2);
  if (!day) return std::nullopt;
  const auto date = calendar_day(*year, *month, *day);
  if (!date) return std::nullopt;
  if (reader.at_end()) return WallTime(*date);
  if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
  const auto time = time_of_day(reader);
  if (!time) return std::nullopt;
  const auto offset = zone_offset(reader);
  if (!offset || !reader.at_end()) return std::nullopt;
  return WallTime(*date) + *time - *offset;
}

std::string format_instant(WallTime time) {
  const CivilTime at = civil(time);
  std::string text =
      print("%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(at.date.year()), static_cast<unsigned>(at.date.month()),
            static_cast<unsigned>(at.date.day()), static_cast<int>(at.seconds_of_day / 3600),
            static_cast<int>(at.seconds_of_day / 60 % 60), static_cast<int>(at.seconds_of_day % 60));
  if (at.micros % 1000 != 0) {
    text += print(".%06d", static_cast<int>(at.micros));
  } else if (at.micros != 0) {
    text += print(".%03d", static_cast<int>(at.micros / 1000));
  }
  return text + "Z";
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  Reader reader(text);
  if (!take_name(reader, day_names) || !reader.take(", ")) return std::nullopt;
  const auto day = reader.number(2, 2);
  if (!day || !reader.take(' ')) return std::nullopt;
  const auto month = take_name(reader, month_names);
  if (!month || !reader.take(' ')) return std::nullopt;
  const auto year = reader.number(4, 4);
  if (!year || !reader.take(' ')) return std::nullopt;
  const auto date = calendar_day(*year, static_cast<std::int64_t>(*month) + 1, *day);
  const auto time = time_of_day(reader);
  if (!date || !time || !reader.take(" GMT") || !reader.at_end()) return std::nullopt;
  return WallTime(*date) + *time;
}

std::string format_http_date(WallTime time) {
  const CivilTime at = civil(time);
  return std::string(day_names[at.weekday.c_encoding()]) + print(", %02u ", static_cast<unsigned>(at.date.day())) +
         std::string(month_names[static_cast<unsigned>(at.date.month()) - 1]) +
         print(" %04d %02d:%02d:%02d GMT", static_cast<int>(at.date.year()), static_cast<int>(at.seconds_of_day / 3600),
               static_cast<int>(at.seconds_of_day / 60 % 60), static_cast<int>(at.seconds_of_day % 60));
}

std::optional<microseconds> parse_retry_after(std::string_view text, WallTime now) {
  text = trim(text);
  Reader reader(text);
  if (const auto number = reader.number(); number && reader.at_end()) {
    if (*number > seconds(max_duration).count()) return std::nullopt;
    return seconds(*number);
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return *date > now ? *date - now : microseconds(0);
}

std::int64_t retry_after_seconds(microseconds wait) {
  const auto whole = std::chrono::ceil<seconds>(wait).count();
  return whole < 1 ? 1 : whole;
}

std::string format_clock_duration(microseconds duration) {
  const auto total = std::chrono::ceil<seconds>(duration).count();
  const auto day = total / 86'400;
  std::string text = day > 0 ? std::to_string(day) + '.' : std::string();
  return text + print("%02d:%02d:%02d", static_cast<int>(total / 3600 % 24), static_cast<int>(total / 60 % 60),
                      static_cast<int>(total % 60));
}

std::string format_duration_words(microseconds duration) {
  const auto total = std::chrono::ceil<seconds>(duration).count();
  struct Unit {
    std::int64_t seconds;
    std::string_view larger, smaller, joint;
    std::int64_t smaller_seconds;
  };
  constexpr Unit units[] = {
      {86'400, "day", "hour", ", ", 3'600}, {3'600, "hour", "minute", ", ", 60}, {60, "minute", "second", " and ", 1}};
  for (const Unit& unit : units) {
    if (total < unit.seconds) continue;
    std::string text = counted(total / unit.seconds, unit.larger);
    const auto rest = total % unit.seconds / unit.smaller_seconds;
    if (rest != 0) text += std::string(unit.joint) + counted(rest, unit.smaller);
    return text;
  }
  return counted(total, "second");
}

WallTime period_start(CalendarPeriod period, WallTime time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  switch (period) {
    case CalendarPeriod::hour: return std::chrono::floor<hours>(time);
    case CalendarPeriod::day: return day;
    case CalendarPeriod::week: return day - (std::chrono::weekday(day) - std::chrono::Monday);
    case CalendarPeriod::month: return std::chrono::sys_days(date.year() / date.month() / 1);
    case CalendarPeriod::year: return std::chrono::sys_days(date.year() / 1 / 1);
  }
  return day;
}

WallTime next_period_start(CalendarPeriod period, WallTime time) {
  const WallTime start = period_start(period, time);
  const std::chrono::year_month_day date(std::chrono::floor<days>(start));
  switch (period) {
    case CalendarPeriod::hour: return start + hours(1);
    case CalendarPeriod::day: return start + days(1);
    case CalendarPeriod::week: return start + days(7);
    case CalendarPeriod::month: return std::chrono::sys_days((date.year() / date.month() + std::chrono::months(1)) / 1);
    case CalendarPeriod::year: return std::chrono::sys_days((date.year() + std::chrono::years(1)) / 1 / 1);
  }
  return start;
}

}  // namespace sluice
