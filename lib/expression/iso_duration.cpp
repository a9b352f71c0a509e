// SPDX-License-Identifier: Apache-2.0
// Source: XML Schema Part 2, duration; as System.Xml.XmlConvert reads and writes a TimeSpan.
#include "expression/temporal.hpp"

#include "base/text.hpp"

namespace sluice::expression {
namespace {

void put_part(std::string& to, std::int64_t number, char unit) {
  if (number != 0) to.append(std::to_string(number)) += unit;
}

/// `digits[.digits]` in ticks of a unit; moves behind it.
std::optional<std::int64_t> read_part(std::string_view& text, std::int64_t unit_ticks, bool fraction_allowed) {
  constexpr std::size_t most_digits = 9;
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 0 || end > most_digits) return std::nullopt;
  std::int64_t ticks = parse_integer(text.substr(0, end)).value_or(0) * unit_ticks;
  text.remove_prefix(end);
  if (!text.starts_with('.')) return ticks;
  if (!fraction_allowed) return std::nullopt;
  text.remove_prefix(1);
  std::int64_t place = unit_ticks;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) ticks += (text[0] - '0') * (place /= 10);
  return ticks;
}

}  // namespace

std::string format_iso_duration(std::int64_t ticks) {
  if (ticks == 0) return "PT0S";
  std::string to = ticks < 0 ? "-P" : "P";
  std::uint64_t left = ticks < 0 ? 0 - static_cast<std::uint64_t>(ticks) : static_cast<std::uint64_t>(ticks);
  const auto take = [&](std::int64_t unit) {
    const auto whole = left / static_cast<std::uint64_t>(unit);
    left %= static_cast<std::uint64_t>(unit);
    return static_cast<std::int64_t>(whole);
  };
  put_part(to, take(ticks_per_day), 'D');
  if (left == 0) return to;
  to += 'T';
  put_part(to, take(ticks_per_hour), 'H');
  put_part(to, take(ticks_per_minute), 'M');
  const std::int64_t seconds = take(ticks_per_second);
  if (seconds == 0 && left == 0) return to;
  to += std::to_string(seconds);
  if (left != 0) {
    std::string fraction = std::to_string(ticks_per_second + static_cast<std::int64_t>(left));
    fraction[0] = '.';
    fraction.erase(fraction.find_last_not_of('0') + 1);
    to += fraction;
  }
  return to += 'S';
}

std::optional<std::int64_t> parse_iso_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
  text.remove_prefix(1);
  constexpr struct {
    char mark;
    bool behind_t;
    std::int64_t ticks;
  } units[] = {{'D', false, ticks_per_day},
               {'H', true, ticks_per_hour},
               {'M', true, ticks_per_minute},
               {'S', true, ticks_per_second}};
  std::int64_t total = 0;
  bool behind_t = false, any = false;
  for (const auto& unit : units) {
    if (text.empty()) break;
    if (unit.behind_t && !behind_t) {
      if (!text.starts_with('T') || text.size() == 1) return std::nullopt;
      text.remove_prefix(1);
      behind_t = true;
    }
    std::string_view rest = text;
    const auto part = read_part(rest, unit.ticks, unit.mark == 'S');
    if (!part || !rest.starts_with(unit.mark)) continue;
    total += *part;
    text = rest.substr(1);
    any = true;
  }
  if (!any || !text.empty()) return std::nullopt;
  return negative ? -total : total;
}

}  // namespace sluice::expression
