// SPDX-License-Identifier: Apache-2.0
// Calendar arithmetic (proleptic Gregorian), .NET's date formats and a reader of ISO and common English dates.
#include "expression/temporal.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace sluice::expression {
namespace {

constexpr std::array<std::string_view, 7> day_names = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names = {"January",   "February", "March",    "April",
                                                          "May",       "June",     "July",     "August",
                                                          "September", "October",  "November", "December"};

std::int64_t days_from_civil(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = y / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int64_t>(era) * 146097 + day_of_era - 306;  // Days since 0001-01-01.
}

struct Parts {
  CivilDate date;
  int hour, minute, second, weekday;
  std::int64_t fraction;
};

Parts parts_of(std::int64_t ticks) {
  Parts parts{};
  parts.date = civil_date(ticks);
  const std::int64_t day = ticks % ticks_per_day;
  parts.hour = static_cast<int>(day / ticks_per_hour);
  parts.minute = static_cast<int>(day / ticks_per_minute % 60);
  parts.second = static_cast<int>(day / ticks_per_second % 60);
  parts.fraction = day % ticks_per_second;
  parts.weekday = static_cast<int>((ticks / ticks_per_day + 1) % 7);
  return parts;
}

using Text = std::pmr::string;

/// At least `width` digits, the sign counted in.
void pad(Text& to, std::int64_t number, int width) {
  char digits[24];
  char* const end = std::end(digits);
  char* at = end;
  auto rest = number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  const int room = width - (number < 0 ? 1 : 0) - static_cast<int>(end - at);
  if (number < 0) to += '-';
  if (room > 0) to.append(static_cast<std::size_t>(room), '0');
  to.append(at, end);
}

/// The first digits of a fraction of a second, without zeros at the end if they are not wanted; how many were written.
std::size_t append_fraction(Text& to, std::int64_t ticks, std::size_t most, bool without_zeros) {
  const std::size_t start = to.size();
  pad(to, ticks, 7);
  to.resize(start + std::min<std::size_t>(most, 7));
  while (without_zeros && to.size() > start && to.back() == '0') to.pop_back();
  return to.size() - start;
}

/// What a format sees of a date.
struct Moment {
  std::int64_t ticks;
  int offset_minutes = 0;
  bool has_offset = false;  ///< DateTimeOffset, or a kind that has one.
  bool is_utc = false;      ///< DateTime of kind UTC: K prints Z.
  bool is_offset_type = false;
};

void append_offset(Text& to, int minutes, bool colon, int digits = 2) {
  to += minutes < 0 ? '-' : '+';
  minutes = std::abs(minutes);
  pad(to, minutes / 60, digits);
  if (!colon) return;
  to += ':';
  pad(to, minutes % 60, 2);
}

std::size_t run_length(std::string_view format, std::size_t at) {
  std::size_t end = at;
  while (end < format.size() && format[end] == format[at]) ++end;
  return end - at;
}

void custom_date(Text& text, const Moment& moment, std::string_view format) {
  const Parts parts = parts_of(moment.ticks);
  for (std::size_t i = 0; i < format.size();) {
    const char c = format[i];
    const std::size_t run = run_length(format, i);
    const int width = static_cast<int>(run);
    std::size_t used = run;
    switch (c) {
      case 'y':
        if (width <= 2)
          pad(text, parts.date.year % 100, width);
        else
          pad(text, parts.date.year, width);
        break;
      case 'M':
        if (width <= 2)
          pad(text, parts.date.month, width);
        else
          text += month_names[static_cast<std::size_t>(parts.date.month - 1)].substr(
              0, width == 3 ? 3 : std::string_view::npos);
        break;
      case 'd':
        if (width <= 2)
          pad(text, parts.date.day, width);
        else
          text += day_names[static_cast<std::size_t>(parts.weekday)].substr(0, width == 3 ? 3 : std::string_view::npos);
        break;
      case 'H': pad(text, parts.hour, std::min(width, 2)); break;
      case 'h': pad(text, parts.hour % 12 == 0 ? 12 : parts.hour % 12, std::min(width, 2)); break;
      case 'm': pad(text, parts.minute, std::min(width, 2)); break;
      case 's': pad(text, parts.second, std::min(width, 2)); break;
      case 'f':
      case 'F': {
        const std::size_t digits = append_fraction(text, parts.fraction, run, c == 'F');
        if (c == 'F' && digits == 0 && !text.empty() && text.back() == '.') text.pop_back();
        break;
      }
      case 't': text += std::string_view(parts.hour < 12 ? "AM" : "PM").substr(0, width == 1 ? 1 : 2); break;
      case 'z': append_offset(text, moment.offset_minutes, width >= 3, width == 1 ? 1 : 2); break;
      case 'K':
        if (moment.is_utc)
          text += 'Z';
        else if (moment.has_offset)
          append_offset(text, moment.offset_minutes, true);
        used = 1;
        break;
      case 'g': text += "A.D."; break;
      case '\'':
      case '"': {
        const std::size_t end = format.find(c, i + 1);
        text += format.substr(i + 1, (end == std::string_view::npos ? format.size() : end) - i - 1);
        used = (end == std::string_view::npos ? format.size() : end + 1) - i;
        break;
      }
      case '\\':
        if (i + 1 < format.size()) text += format[i + 1];
        used = 2;
        break;
      case '%': used = 1; break;
      default: text += c; used = 1;
    }
    i += used;
  }
}

void standard_date(Text& to, const Moment& moment, char format, std::string& fault) {
  const bool offset = moment.is_offset_type;
  Moment utc = moment;
  if (offset) {
    utc.ticks -= static_cast<std::int64_t>(moment.offset_minutes) * ticks_per_minute;
    utc.offset_minutes = 0;
  }
  switch (format) {
    case 'd': return custom_date(to, moment, "MM/dd/yyyy");
    case 'D': return custom_date(to, moment, "dddd, dd MMMM yyyy");
    case 'f': return custom_date(to, moment, "dddd, dd MMMM yyyy HH:mm");
    case 'F': return custom_date(to, moment, "dddd, dd MMMM yyyy HH:mm:ss");
    case 'g': return custom_date(to, moment, "MM/dd/yyyy HH:mm");
    case 'G': return custom_date(to, moment, "MM/dd/yyyy HH:mm:ss");
    case 'm':
    case 'M': return custom_date(to, moment, "MMMM dd");
    case 'o':
    case 'O':
      return custom_date(to, moment, offset ? "yyyy-MM-ddTHH:mm:ss.fffffffzzz" : "yyyy-MM-ddTHH:mm:ss.fffffffK");
    case 'r':
    case 'R': return custom_date(to, utc, "ddd, dd MMM yyyy HH:mm:ss 'GMT'");
    case 's': return custom_date(to, moment, "yyyy-MM-ddTHH:mm:ss");
    case 't': return custom_date(to, moment, "HH:mm");
    case 'T': return custom_date(to, moment, "HH:mm:ss");
    case 'u': return custom_date(to, utc, "yyyy-MM-dd HH:mm:ss'Z'");
    case 'U': return custom_date(to, utc, "dddd, dd MMMM yyyy HH:mm:ss");
    case 'y':
    case 'Y': return custom_date(to, moment, "yyyy MMMM");
    default: fault = "Input string was not in a correct format.";
  }
}

void format_span(Text& text, std::int64_t ticks, std::string_view format, std::string& fault) {
  const bool negative = ticks < 0;
  const std::uint64_t size = negative ? 0 - static_cast<std::uint64_t>(ticks) : static_cast<std::uint64_t>(ticks);
  const auto part = [&](std::int64_t unit, std::uint64_t modulus) {
    return static_cast<std::int64_t>(size / static_cast<std::uint64_t>(unit) % modulus);
  };
  const auto days = static_cast<std::int64_t>(size / static_cast<std::uint64_t>(ticks_per_day));
  const std::int64_t hours = part(ticks_per_hour, 24), minutes = part(ticks_per_minute, 60),
                     seconds = part(ticks_per_second, 60);
  const auto fraction = static_cast<std::int64_t>(size % static_cast<std::uint64_t>(ticks_per_second));
  if (format.empty() || format == "c" || format == "t" || format == "T") {
    if (negative) text += '-';
    if (days != 0) pad(text, days, 1), text += '.';
    pad(text, hours, 2), text += ':', pad(text, minutes, 2), text += ':', pad(text, seconds, 2);
    if (fraction != 0) text += '.', pad(text, fraction, 7);
    return;
  }
  if (format == "g" || format == "G") {
    if (negative) text += '-';
    if (days != 0 || format == "G") pad(text, days, 1), text += ':';
    pad(text, hours, format == "G" ? 2 : 1), text += ':', pad(text, minutes, 2), text += ':', pad(text, seconds, 2);
    if (format == "G") text += '.', pad(text, fraction, 7);
    if (format == "g" && fraction != 0) text += '.', append_fraction(text, fraction, 7, true);
    return;
  }
  for (std::size_t i = 0; i < format.size();) {
    const char c = format[i];
    const std::size_t run = run_length(format, i);
    std::size_t used = run;
    switch (c) {
      case 'd': pad(text, days, static_cast<int>(run)); break;
      case 'h': pad(text, hours, static_cast<int>(run)); break;
      case 'm': pad(text, minutes, static_cast<int>(run)); break;
      case 's': pad(text, seconds, static_cast<int>(run)); break;
      case 'f':
      case 'F': append_fraction(text, fraction, run, c == 'F'); break;
      case '\\':
        if (i + 1 < format.size()) text += format[i + 1];
        used = 2;
        break;
      case '\'':
      case '"': {
        const std::size_t end = format.find(c, i + 1);
        text += format.substr(i + 1, (end == std::string_view::npos ? format.size() : end) - i - 1);
        used = (end == std::string_view::npos ? format.size() : end + 1) - i;
        break;
      }
      case '%': used = 1; break;
      default: fault = "Input string was not in a correct format."; return;
    }
    i += used;
  }
}

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

CivilDate civil_date(std::int64_t ticks) {
  const std::int64_t days = ticks / ticks_per_day + 306;
  const std::int64_t era = days / 146097;
  const auto day_of_era = static_cast<int>(days - era * 146097);
  const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int month_index = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = day_of_year - (153 * month_index + 2) / 5 + 1;
  date.month = month_index < 10 ? month_index + 3 : month_index - 9;
  date.year = year_of_era + static_cast<int>(era) * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

bool is_leap_year(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) {
  static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

std::optional<std::int64_t> date_ticks(int year, int month, int day, int hour, int minute, int second,
                                       int millisecond) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
    return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || millisecond < 0 ||
      millisecond > 999)
    return std::nullopt;
  return days_from_civil(year, month, day) * ticks_per_day + hour * ticks_per_hour + minute * ticks_per_minute +
         second * ticks_per_second + millisecond * ticks_per_millisecond;
}

void format_temporal(std::pmr::string& to, const Value& value, std::string_view format, std::string& fault) {
  if (value.kind() == ValueKind::time_span) return format_span(to, value.as_integer(), format, fault);
  Moment moment{value.as_integer()};
  if (value.kind() == ValueKind::date_time_offset) {
    moment.offset_minutes = static_cast<std::int16_t>(value.extra());
    moment.ticks += static_cast<std::int64_t>(moment.offset_minutes) * ticks_per_minute;
    moment.has_offset = moment.is_offset_type = true;
    if (format.empty()) return custom_date(to, moment, "MM/dd/yyyy HH:mm:ss zzz");
  } else {
    moment.is_utc = value.extra() == utc_kind;
    moment.has_offset = value.extra() != unspecified_kind;
    if (format.empty()) format = "G";
  }
  if (format.size() == 1) return standard_date(to, moment, format[0], fault);
  custom_date(to, moment, format);
}

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
