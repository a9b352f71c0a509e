// SPDX-License-Identifier: Apache-2.0
// Calendar arithmetic: proleptic Gregorian.
#include "expression/temporal.hpp"

namespace sluice::expression {
namespace {

std::int64_t days_from_civil(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = y / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int64_t>(era) * 146097 + day_of_era - 306;  // Days since 0001-01-01.
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

}  // namespace sluice::expression
