// SPDX-License-Identifier: Apache-2.0
// .NET's formats of dates and durations.
#include "expression/temporal.hpp"
#include "expression/temporal_words.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace sluice::expression {
namespace {

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

}  // namespace

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

}  // namespace sluice::expression
