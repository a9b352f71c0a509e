// SPDX-License-Identifier: Apache-2.0
// A reader of ISO and common English dates, of dates in a given format, and of durations.
#include "expression/temporal.hpp"
#include "expression/temporal_words.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

/// Reads pieces of a text from left to right.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  void blanks() {
    while (!done() && is_blank(text_[at_])) ++at_;
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  /// Digits, at most `most`; their count in `length`.
  std::optional<std::int64_t> number(int most, int* length = nullptr) {
    std::int64_t value = 0;
    int count = 0;
    while (count < most && is_digit(peek())) {
      value = value * 10 + (text_[at_++] - '0');
      ++count;
    }
    if (length != nullptr) *length = count;
    return count == 0 ? std::nullopt : std::optional<std::int64_t>(value);
  }
  /// Digits behind a point as ticks; more than seven are rounded.
  std::int64_t fraction() {
    std::int64_t value = 0;
    int count = 0;
    bool up = false;
    while (is_digit(peek())) {
      const int digit = text_[at_++] - '0';
      if (count < 7)
        value = value * 10 + digit;
      else if (count == 7)
        up = digit >= 5;
      ++count;
    }
    for (; count < 7; ++count) value *= 10;
    return value + (up ? 1 : 0);
  }
  std::string_view word() {
    const std::size_t start = at_;
    while (!done() && is_alpha(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }
  std::string_view rest() const { return text_.substr(at_); }
  void skip(std::size_t count) { at_ = std::min(text_.size(), at_ + count); }
  std::size_t position() const { return at_; }
  void back_to(std::size_t position) { at_ = position; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Read {
  int year = -1, month = -1, day = -1;
  int hour = 0, minute = 0, second = 0;
  std::int64_t fraction = 0;
  bool has_time = false, has_zone = false, zulu = false;
  int offset = 0;
  bool pm = false, twelve = false;
};

int month_of(std::string_view word) {
  for (std::size_t i = 0; i < month_names.size(); ++i) {
    if (word.size() >= 3 &&
        (to_lower(word) == to_lower(month_names[i]) || to_lower(word) == to_lower(month_names[i].substr(0, 3)))) {
      return static_cast<int>(i) + 1;
    }
  }
  return 0;
}

bool is_day_name(std::string_view word) {
  for (const std::string_view name : day_names) {
    if (to_lower(word) == to_lower(name) || to_lower(word) == to_lower(name.substr(0, 3))) return true;
  }
  return false;
}

bool read_zone(Cursor& cursor, Read& read) {
  cursor.blanks();
  const std::size_t start = cursor.position();
  if (cursor.accept('Z') || cursor.accept('z')) {
    read.has_zone = read.zulu = true;
    return true;
  }
  const std::string_view word = cursor.word();
  if (word == "GMT" || word == "UTC") {
    read.has_zone = read.zulu = true;
    return true;
  }
  cursor.back_to(start);
  if (cursor.peek() != '+' && cursor.peek() != '-') return false;
  const bool negative = cursor.peek() == '-';
  cursor.skip(1);
  int length = 0;
  const std::optional<std::int64_t> hours = cursor.number(2, &length);
  if (!hours) {
    cursor.back_to(start);
    return false;
  }
  std::int64_t minutes = 0;
  if (cursor.accept(':') || is_digit(cursor.peek())) minutes = cursor.number(2).value_or(0);
  if (*hours > 14 || minutes > 59) return false;
  read.offset = static_cast<int>(*hours * 60 + minutes) * (negative ? -1 : 1);
  read.has_zone = true;
  return true;
}

bool read_time(Cursor& cursor, Read& read) {
  const std::optional<std::int64_t> hour = cursor.number(2);
  if (!hour || !cursor.accept(':')) return false;
  const std::optional<std::int64_t> minute = cursor.number(2);
  if (!minute) return false;
  read.hour = static_cast<int>(*hour);
  read.minute = static_cast<int>(*minute);
  if (cursor.accept(':')) {
    const std::optional<std::int64_t> second = cursor.number(2);
    if (!second) return false;
    read.second = static_cast<int>(*second);
    if (cursor.peek() == '.' || cursor.peek() == ',') {
      cursor.skip(1);
      if (!is_digit(cursor.peek())) return false;
      read.fraction = cursor.fraction();
    }
  }
  read.has_time = true;
  const std::size_t start = cursor.position();
  cursor.blanks();
  const std::string word = to_lower(cursor.word());
  if (word == "am" || word == "pm" || word == "a" || word == "p") {
    read.twelve = true;
    read.pm = word[0] == 'p';
  } else {
    cursor.back_to(start);
  }
  return true;
}

bool read_date(Cursor& cursor, Read& read) {
  int length = 0;
  const std::size_t start = cursor.position();
  std::string_view word = cursor.word();
  if (!word.empty() && is_day_name(word)) {
    cursor.accept(',');
    cursor.blanks();
    word = cursor.word();
  }
  if (!word.empty()) {  // March 5, 2024 / Mar 5 2024 / March 2024
    read.month = month_of(word);
    if (read.month == 0) return false;
    cursor.blanks();
    const auto number = cursor.number(4, &length);
    if (!number) return false;
    if (length == 4) {
      read.year = static_cast<int>(*number);
      read.day = 1;
      return true;
    }
    read.day = static_cast<int>(*number);
    cursor.accept(',');
    cursor.blanks();
    const auto year = cursor.number(4);
    if (!year) return false;
    read.year = static_cast<int>(*year);
    return true;
  }
  cursor.back_to(cursor.position() == start ? start : cursor.position());
  const auto first = cursor.number(4, &length);
  if (!first) return false;
  const bool year_first = length >= 3;
  cursor.blanks();
  const char separator = cursor.peek();
  if (is_alpha(separator) ||
      (separator == '-' && cursor.rest().size() > 1 && is_alpha(cursor.rest()[1]))) {  // 5 March 2024, 05-Mar-2024
    if (separator == '-') cursor.skip(1);
    read.day = static_cast<int>(*first);
    read.month = month_of(cursor.word());
    cursor.accept(',');
    cursor.accept('-');
    cursor.blanks();
    const auto year = cursor.number(4);
    if (read.month == 0 || !year) return false;
    read.year = static_cast<int>(*year);
    return true;
  }
  if (separator != '-' && separator != '/' && separator != '.') return false;
  cursor.skip(1);
  const auto second = cursor.number(2);
  if (!second) return false;
  if (year_first && cursor.peek() != separator) {
    read.year = static_cast<int>(*first);
    read.month = static_cast<int>(*second);
    read.day = 1;
    return true;
  }
  if (!cursor.accept(separator)) return false;
  const auto third = cursor.number(year_first ? 2 : 4, &length);
  if (!third) return false;
  if (year_first) {
    read.year = static_cast<int>(*first), read.month = static_cast<int>(*second), read.day = static_cast<int>(*third);
  } else {
    read.month = static_cast<int>(*first), read.day = static_cast<int>(*second), read.year = static_cast<int>(*third);
    if (length <= 2) read.year += read.year < 50 ? 2000 : 1900;
  }
  return true;
}

std::optional<Read> read_moment(std::string_view text) {
  Cursor cursor(trim(text));
  if (cursor.done()) return std::nullopt;
  Read read;
  const std::size_t start = cursor.position();
  if (!read_date(cursor, read)) {
    cursor.back_to(start);
    read = Read();
  }
  if (!cursor.done()) {
    cursor.accept('T');
    cursor.accept(',');
    cursor.blanks();
    if (is_digit(cursor.peek()) && !read_time(cursor, read)) return std::nullopt;
    read_zone(cursor, read);
    cursor.blanks();
    if (!cursor.done()) return std::nullopt;
  }
  if (read.year < 0 && !read.has_time) return std::nullopt;
  if (read.twelve) {
    if (read.hour < 1 || read.hour > 12) return std::nullopt;
    read.hour = read.hour % 12 + (read.pm ? 12 : 0);
  }
  return read;
}

std::optional<std::int64_t> ticks_of(const Read& read) {
  if (read.year < 0) return std::nullopt;
  int hour = read.hour;
  std::int64_t extra = 0;
  if (hour == 24 && read.minute == 0 && read.second == 0) {
    hour = 0;
    extra = ticks_per_day;
  }
  const auto ticks = date_ticks(read.year, read.month, read.day, hour, read.minute, read.second);
  if (!ticks) return std::nullopt;
  return *ticks + read.fraction + extra;
}

}  // namespace

std::optional<Value> parse_date_time(std::string_view text, bool round_trip) {
  const std::optional<Read> read = read_moment(text);
  if (!read) return std::nullopt;
  const std::optional<std::int64_t> ticks = ticks_of(*read);
  if (!ticks) return std::nullopt;
  if (!read->has_zone) return Value::date_time(*ticks, unspecified_kind);
  const std::int64_t utc = *ticks - read->offset * ticks_per_minute;
  if (utc < 0 || utc > max_date_ticks) return std::nullopt;
  return Value::date_time(utc, round_trip && read->zulu ? utc_kind : local_kind);
}

std::optional<Value> parse_date_time_offset(std::string_view text) {
  const std::optional<Read> read = read_moment(text);
  if (!read) return std::nullopt;
  const std::optional<std::int64_t> ticks = ticks_of(*read);
  if (!ticks) return std::nullopt;
  return Value::date_time_offset(*ticks - read->offset * ticks_per_minute, static_cast<std::int16_t>(read->offset));
}

std::optional<Value> parse_date_time_exact(std::string_view text, std::string_view format) {
  if (format == "o" || format == "O") format = "yyyy-MM-ddTHH:mm:ss.fffffffK";
  if (format == "s") format = "yyyy-MM-ddTHH:mm:ss";
  if (format == "u") format = "yyyy-MM-dd HH:mm:ss'Z'";
  if (format == "r" || format == "R") format = "ddd, dd MMM yyyy HH:mm:ss 'GMT'";
  if (format == "d") format = "MM/dd/yyyy";
  Cursor cursor(text);
  Read read;
  read.year = 1, read.month = 1, read.day = 1;
  for (std::size_t i = 0; i < format.size();) {
    const char c = format[i];
    const std::size_t run = run_length(format, i);
    std::size_t used = run;
    std::optional<std::int64_t> number;
    const int width = run == 1 ? 2 : static_cast<int>(run);
    switch (c) {
      case 'y': {
        int length = 0;
        number = cursor.number(run <= 2 ? 2 : static_cast<int>(run), &length);
        if (!number || (run > 1 && length != static_cast<int>(run))) return std::nullopt;
        read.year = static_cast<int>(*number) + (run <= 2 ? (*number < 50 ? 2000 : 1900) : 0);
        break;
      }
      case 'M':
      case 'd':
        if (run >= 3) {
          const std::string_view word = cursor.word();
          if (c == 'd' && !is_day_name(word)) return std::nullopt;
          if (c == 'M' && (read.month = month_of(word)) == 0) return std::nullopt;
          break;
        }
        [[fallthrough]];
      case 'H':
      case 'h':
      case 'm':
      case 's': {
        int length = 0;
        number = cursor.number(width, &length);
        if (!number || (run == 2 && length != 2)) return std::nullopt;
        int& field = c == 'M'   ? read.month
                     : c == 'd' ? read.day
                     : c == 'm' ? read.minute
                     : c == 's' ? read.second
                                : read.hour;
        field = static_cast<int>(*number);
        break;
      }
      case 'f':
      case 'F': {
        int length = 0;
        number = cursor.number(static_cast<int>(run), &length);
        if (c == 'f' && length != static_cast<int>(run)) return std::nullopt;
        read.fraction = number.value_or(0);
        for (int k = length; k < 7; ++k) read.fraction *= 10;
        break;
      }
      case 't': {
        const std::string word = to_lower(cursor.word());
        if (word.empty() || (word[0] != 'a' && word[0] != 'p')) return std::nullopt;
        read.twelve = true;
        read.pm = word[0] == 'p';
        break;
      }
      case 'K':
      case 'z':
        if (!read_zone(cursor, read) && c == 'z') return std::nullopt;
        break;
      case '\'':
      case '"':
      case '\\': {
        std::string_view literal;
        if (c == '\\') {
          literal = format.substr(i + 1, 1);
          used = 2;
        } else {
          const std::size_t end = std::min(format.find(c, i + 1), format.size());
          literal = format.substr(i + 1, end - i - 1);
          used = end + 1 - i;
        }
        if (!cursor.rest().starts_with(literal)) return std::nullopt;
        cursor.skip(literal.size());
        break;
      }
      default:
        used = 1;
        if (!cursor.accept(c)) return std::nullopt;
    }
    i += used;
  }
  if (!cursor.done()) return std::nullopt;
  if (read.twelve) read.hour = read.hour % 12 + (read.pm ? 12 : 0);
  const std::optional<std::int64_t> ticks = ticks_of(read);
  if (!ticks) return std::nullopt;
  return Value::date_time(*ticks - read.offset * ticks_per_minute, read.has_zone ? local_kind : unspecified_kind);
}

std::optional<std::int64_t> parse_time_span(std::string_view text, bool* overflow) {
  Cursor cursor(trim(text));
  const bool negative = cursor.accept('-');
  std::int64_t numbers[4] = {};
  int count = 0;
  bool has_days = false;
  const auto read = [&] {
    const auto number = cursor.number(10);
    if (!number || count == 4) return false;
    numbers[count++] = *number;
    return true;
  };
  if (!read()) return std::nullopt;
  if (cursor.peek() == '.') {
    cursor.skip(1);
    has_days = true;
    if (!read()) return std::nullopt;
  }
  while (cursor.accept(':')) {
    if (!read()) return std::nullopt;
  }
  std::int64_t fraction = 0;
  if (cursor.accept('.')) {
    if (!is_digit(cursor.peek())) return std::nullopt;
    fraction = cursor.fraction();
  }
  if (!cursor.done()) return std::nullopt;
  std::int64_t days = 0, hours = 0, minutes = 0, seconds = 0;
  if (count == 1) {
    if (has_days || fraction != 0) return std::nullopt;
    days = numbers[0];
  } else if (has_days || count == 4) {
    if (count < 3) return std::nullopt;
    days = numbers[0], hours = numbers[1], minutes = numbers[2], seconds = count == 4 ? numbers[3] : 0;
  } else {
    hours = numbers[0], minutes = numbers[1], seconds = count == 3 ? numbers[2] : 0;
    // What cannot be hours:minutes:seconds is days:hours:minutes.
    if (count == 3 && hours > 23 && fraction == 0) days = hours, hours = minutes, minutes = seconds, seconds = 0;
  }
  if (days > 10'675'199 || hours > 23 || minutes > 59 || seconds > 59) {
    if (overflow != nullptr) *overflow = true;
    return std::nullopt;
  }
  const std::int64_t ticks = days * ticks_per_day + hours * ticks_per_hour + minutes * ticks_per_minute +
                             seconds * ticks_per_second + fraction;
  return negative ? -ticks : ticks;
}

}  // namespace sluice::expression
