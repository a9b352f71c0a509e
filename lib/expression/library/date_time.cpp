// SPDX-License-Identifier: Apache-2.0
// DateTime, DateTimeOffset, TimeSpan. Local time is UTC; now comes from the request's clock.
#include "expression/temporal.hpp"

#include "expression/objects.hpp"

#include <cmath>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {{"TimeZoneInfo", "System.TimeZoneInfo"}};

Value out_of_range(Call& call, const char* message) { return call.raise(Fault::argument_out_of_range, message); }
Value no_date(Call& call) {
  return out_of_range(call, "Year, Month, and Day parameters describe an un-representable DateTime.");
}
Value span(std::int64_t ticks) { return Value::integer(ValueKind::time_span, ticks); }
std::int64_t ticks(Call& call, std::size_t i = 0) { return call.integer(i); }
std::uint8_t kind(Call& call, std::size_t i = 0) { return static_cast<std::uint8_t>(call[i].extra()); }
Value whole(std::int64_t number) { return Value::int32(static_cast<std::int32_t>(number)); }

std::int64_t now_ticks(Call& call) {
  return unix_epoch_ticks + call.run.context->services.clock.now().time_since_epoch().count() * 10;
}
Value utc_now(Call& call) { return Value::date_time(now_ticks(call), utc_kind); }
Value local_now(Call& call) { return Value::date_time(now_ticks(call), local_kind); }
Value today(Call& call) { return Value::date_time(now_ticks(call) / ticks_per_day * ticks_per_day, local_kind); }
Value min_date(Call&) { return Value::date_time(0, 0); }
Value max_date(Call&) { return Value::date_time(max_date_ticks, 0); }

Value date_new(Call& call) {
  if (call.count <= 2 && call[0].kind() == ValueKind::int64) {
    if (ticks(call) < 0 || ticks(call) > max_date_ticks)
      return out_of_range(
          call, "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks. (Parameter 'ticks')");
    return Value::date_time(ticks(call), call.count > 1 ? static_cast<std::uint8_t>(call[1].enum_value()) : 0);
  }
  int parts[7] = {1, 1, 1, 0, 0, 0, 0};
  std::uint8_t of_kind = 0;
  for (std::size_t i = 0; i < call.count; ++i) {
    if (call[i].kind() == ValueKind::enumeration)
      of_kind = static_cast<std::uint8_t>(call[i].enum_value());
    else
      parts[i] = static_cast<int>(call.integer(i));
  }
  const auto made = date_ticks(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
  return made ? Value::date_time(*made, of_kind) : no_date(call);
}
Value moved(Call& call, std::int64_t by) {
  const __int128 sum = static_cast<__int128>(ticks(call)) + by;
  if (sum < 0 || sum > max_date_ticks)
    return out_of_range(call,
                        "The added or subtracted value results in an un-representable DateTime. (Parameter 'value')");
  if (call[0].kind() == ValueKind::date_time_offset)
    return Value::date_time_offset(static_cast<std::int64_t>(sum), static_cast<std::int16_t>(call[0].extra()));
  return Value::date_time(static_cast<std::int64_t>(sum), kind(call));
}
/// `value` units, to the millisecond as .NET Framework rounds; false when far out of range.
bool scaled(double value, std::int64_t unit, std::int64_t& result) {
  const double milliseconds = value * static_cast<double>(unit / ticks_per_millisecond);
  if (!(std::fabs(milliseconds) < 9.0e14)) return false;
  result = static_cast<std::int64_t>(milliseconds + (milliseconds >= 0 ? 0.5 : -0.5)) * ticks_per_millisecond;
  return true;
}
template <std::int64_t unit>
Value add_units(Call& call) {
  std::int64_t by = 0;
  if (!scaled(call.number(1), unit, by))
    return out_of_range(call, "Value to add was out of range. (Parameter 'value')");
  return moved(call, by);
}
Value add_ticks(Call& call) { return moved(call, call.integer(1)); }
Value add_span(Call& call) { return moved(call, call.integer(1)); }
Value subtract_span(Call& call) {
  if (call.integer(1) == INT64_MIN) return no_date(call);
  return moved(call, -call.integer(1));
}
Value add_months_by(Call& call, std::int64_t months) {
  const bool offset = call[0].kind() == ValueKind::date_time_offset;
  const std::int64_t shift = offset ? static_cast<std::int16_t>(call[0].extra()) * ticks_per_minute : 0;
  const std::int64_t local = ticks(call) + shift;
  const CivilDate date = civil_date(local);
  const std::int64_t index = date.year * 12ll + date.month - 1 + months;
  const std::int64_t year = index / 12;
  if (index < 12 || year > 9999)
    return out_of_range(call,
                        "The added or subtracted value results in an un-representable DateTime. (Parameter 'months')");
  const int month = static_cast<int>(index % 12) + 1;
  const int day = std::min(date.day, days_in_month(static_cast<int>(year), month));
  const std::int64_t made = *date_ticks(static_cast<int>(year), month, day) + local % ticks_per_day;
  if (offset) return Value::date_time_offset(made - shift, static_cast<std::int16_t>(call[0].extra()));
  return Value::date_time(made, kind(call));
}
Value add_months(Call& call) { return add_months_by(call, call.integer(1)); }
Value add_years(Call& call) { return add_months_by(call, call.integer(1) * 12); }
Value date_difference(Call& call) { return span(ticks(call) - ticks(call, 1)); }

/// Ticks on the value's own clock.
std::int64_t own_ticks(Call& call) {
  return ticks(call) + (call[0].kind() == ValueKind::date_time_offset
                            ? static_cast<std::int16_t>(call[0].extra()) * ticks_per_minute
                            : 0);
}
Value year(Call& call) { return whole(civil_date(own_ticks(call)).year); }
Value month(Call& call) { return whole(civil_date(own_ticks(call)).month); }
Value day(Call& call) { return whole(civil_date(own_ticks(call)).day); }
Value hour(Call& call) { return whole(own_ticks(call) / ticks_per_hour % 24); }
Value minute(Call& call) { return whole(own_ticks(call) / ticks_per_minute % 60); }
Value second(Call& call) { return whole(own_ticks(call) / ticks_per_second % 60); }
Value millisecond(Call& call) { return whole(own_ticks(call) / ticks_per_millisecond % 1000); }
Value ticks_call(Call& call) { return Value::int64(own_ticks(call)); }
Value day_of_year(Call& call) {
  const std::int64_t own = own_ticks(call);
  return whole((own - *date_ticks(civil_date(own).year, 1, 1)) / ticks_per_day + 1);
}
Value day_of_week(Call& call) {
  static const Type* type = read_type("DayOfWeek");
  return Value::enumeration(*type, static_cast<std::int32_t>((own_ticks(call) / ticks_per_day + 1) % 7));
}
Value time_of_day(Call& call) { return span(own_ticks(call) % ticks_per_day); }
Value date_part(Call& call) {
  return Value::date_time(own_ticks(call) / ticks_per_day * ticks_per_day,
                          call[0].kind() == ValueKind::date_time ? kind(call) : 0);
}
Value kind_call(Call& call) {
  static const Type* type = read_type("DateTimeKind");
  return Value::enumeration(*type, kind(call));
}
Value to_universal(Call& call) { return Value::date_time(ticks(call), utc_kind); }
Value to_local(Call& call) { return Value::date_time(ticks(call), local_kind); }
Value specify_kind(Call& call) {
  return Value::date_time(ticks(call), static_cast<std::uint8_t>(call[1].enum_value()));
}
Value is_daylight(Call&) { return Value::boolean(false); }
Value is_leap(Call& call) {
  if (call.integer(0) < 1 || call.integer(0) > 9999)
    return out_of_range(call, "Year must be between 1 and 9999. (Parameter 'year')");
  return Value::boolean(is_leap_year(static_cast<int>(call.integer(0))));
}
Value days_in(Call& call) {
  if (call.integer(1) < 1 || call.integer(1) > 12)
    return out_of_range(call, "Month must be between one and twelve. (Parameter 'month')");
  if (call.integer(0) < 1 || call.integer(0) > 9999)
    return out_of_range(call, "Year must be between 1 and 9999. (Parameter 'year')");
  return whole(days_in_month(static_cast<int>(call.integer(0)), static_cast<int>(call.integer(1))));
}
Value bad_date(Call& call) {
  return call.raise(Fault::format,
                    "String '" + std::string(call.text(0)) + "' was not recognized as a valid DateTime.");
}
Value parse(Call& call) {
  if (call.is_null(0)) return call.null_argument("s");
  const auto date = parse_date_time(call.text(0));
  return date ? *date : bad_date(call);
}
Value try_parse(Call& call) {
  const auto date = call.is_null(0) ? std::nullopt : parse_date_time(call.text(0));
  call.out(1) = date ? *date : Value::date_time(0, 0);
  return Value::boolean(date.has_value());
}
Value parse_exact(Call& call) {
  if (call.is_null(0)) return call.null_argument("s");
  const auto date = parse_date_time_exact(call.text(0), call.text(1));
  return date ? *date : bad_date(call);
}
template <Operator op>
Value compare(Call& call) {
  return apply_binary(call.run, op, ValueKind::int64, false, call[0], call[1]);
}
Value compare_static(Call& call) { return Value::int32(compare_values(call[0], call[1])); }

// DateTimeOffset
Value offset_now(Call& call) { return Value::date_time_offset(now_ticks(call), 0); }
Value offset_from_date(Call& call) {
  const std::int64_t shift = call.count > 1 ? call.integer(1) : 0;
  const std::int64_t utc = ticks(call) - shift;
  if (utc < 0 || utc > max_date_ticks)
    return out_of_range(
        call,
        "The UTC time represented when the offset is applied must be between year 0 and 10,000. (Parameter 'offset')");
  return Value::date_time_offset(utc, static_cast<std::int16_t>(shift / ticks_per_minute));
}
Value offset_new(Call& call) {
  const auto made = date_ticks(static_cast<int>(call.integer(0)), static_cast<int>(call.integer(1)),
                               static_cast<int>(call.integer(2)), static_cast<int>(call.integer(3)),
                               static_cast<int>(call.integer(4)), static_cast<int>(call.integer(5)));
  if (!made) return no_date(call);
  const std::int64_t shift = call.integer(call.count - 1);
  return Value::date_time_offset(*made - shift, static_cast<std::int16_t>(shift / ticks_per_minute));
}
Value unix_seconds(Call& call) {
  return Value::int64((ticks(call) - ticks(call) % ticks_per_second - unix_epoch_ticks) / ticks_per_second);
}
Value unix_milliseconds(Call& call) {
  return Value::int64(ticks(call) / ticks_per_millisecond - unix_epoch_ticks / ticks_per_millisecond);
}
Value from_unix(Call& call, std::int64_t unit) {
  const __int128 made = static_cast<__int128>(call.integer(0)) * unit + unix_epoch_ticks;
  if (made < 0 || made > max_date_ticks)
    return out_of_range(call,
                        "Valid values are between -62135596800 and 253402300799, inclusive. (Parameter 'seconds')");
  return Value::date_time_offset(static_cast<std::int64_t>(made), 0);
}
Value from_unix_seconds(Call& call) { return from_unix(call, ticks_per_second); }
Value from_unix_milliseconds(Call& call) { return from_unix(call, ticks_per_millisecond); }
Value utc_date(Call& call) { return Value::date_time(ticks(call), utc_kind); }
Value plain_date(Call& call) { return Value::date_time(own_ticks(call), unspecified_kind); }
Value local_date(Call& call) { return Value::date_time(ticks(call), local_kind); }
Value offset_of(Call& call) { return span(static_cast<std::int16_t>(call[0].extra()) * ticks_per_minute); }
Value offset_universal(Call& call) { return Value::date_time_offset(ticks(call), 0); }
Value to_offset(Call& call) {
  return Value::date_time_offset(ticks(call), static_cast<std::int16_t>(call.integer(1) / ticks_per_minute));
}
Value utc_ticks(Call& call) { return Value::int64(ticks(call)); }
Value equals_exact(Call& call) {
  return Value::boolean(ticks(call) == ticks(call, 1) && call[0].extra() == call[1].extra());
}
Value parse_offset(Call& call) {
  if (call.is_null(0)) return call.null_argument("input");
  const auto date = parse_date_time_offset(call.text(0));
  return date ? *date : bad_date(call);
}
Value try_parse_offset(Call& call) {
  const auto date = call.is_null(0) ? std::nullopt : parse_date_time_offset(call.text(0));
  call.out(1) = date ? *date : Value::date_time_offset(0, 0);
  return Value::boolean(date.has_value());
}

// TimeSpan
Value span_overflow(Call& call) {
  return call.raise(Fault::overflow, "TimeSpan overflowed because the duration is too long.");
}
Value span_new(Call& call) {
  if (call.count == 1) return span(call.integer(0));
  const bool days = call.count >= 4;
  __int128 total = 0;
  const std::int64_t units[] = {ticks_per_day, ticks_per_hour, ticks_per_minute, ticks_per_second,
                                ticks_per_millisecond};
  for (std::size_t i = 0; i < call.count; ++i)
    total += static_cast<__int128>(call.integer(i)) * units[i + (days ? 0 : 1)];
  if (total > INT64_MAX || total < INT64_MIN)
    return out_of_range(call, "TimeSpan overflowed because the duration is too long.");
  return span(static_cast<std::int64_t>(total));
}
template <std::int64_t unit>
Value from_units(Call& call) {
  std::int64_t made = 0;
  if (std::isnan(call.number(0)))
    return call.raise(Fault::argument, "TimeSpan does not accept floating point Not-a-Number values.");
  if (!scaled(call.number(0), unit, made)) return span_overflow(call);
  return span(made);
}
Value from_ticks(Call& call) { return span(call.integer(0)); }
template <std::int64_t unit, std::int64_t modulus>
Value span_part(Call& call) {
  return whole(modulus == 0 ? ticks(call) / unit : ticks(call) / unit % (modulus == 0 ? 1 : modulus));
}
template <std::int64_t unit>
Value span_total(Call& call) {
  return Value::float64(static_cast<double>(ticks(call)) / static_cast<double>(unit));
}
Value span_ticks(Call& call) { return Value::int64(ticks(call)); }
Value span_sum(Call& call) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(ticks(call), ticks(call, 1), &sum) ? span_overflow(call) : span(sum);
}
Value span_difference(Call& call) {
  std::int64_t sum = 0;
  return __builtin_sub_overflow(ticks(call), ticks(call, 1), &sum) ? span_overflow(call) : span(sum);
}
Value negate(Call& call) {
  return ticks(call) == INT64_MIN
             ? call.raise(Fault::overflow, "Negating the minimum value of a twos complement number is invalid.")
             : span(-ticks(call));
}
Value duration(Call& call) { return ticks(call) < 0 ? negate(call) : call[0]; }
Value zero_span(Call&) { return span(0); }
Value max_span(Call&) { return span(INT64_MAX); }
Value min_span(Call&) { return span(INT64_MIN); }
Value parse_span(Call& call) {
  if (call.is_null(0)) return call.null_argument("input");
  bool overflow = false;
  const auto made = parse_time_span(call.text(0), &overflow);
  if (made) return span(*made);
  if (overflow)
    return call.raise(Fault::overflow, "The TimeSpan string '" + std::string(call.text(0)) +
                                           "' could not be parsed because at least one of the numeric components is "
                                           "out of range or contains too many digits.");
  return call.raise(Fault::format,
                    "String '" + std::string(call.text(0)) + "' was not recognized as a valid TimeSpan.");
}
Value try_parse_span(Call& call) {
  const auto made = call.is_null(0) ? std::nullopt : parse_time_span(call.text(0));
  call.out(1) = span(made.value_or(0));
  return Value::boolean(made.has_value());
}

/// ToString with a format that is fixed.
template <char format>
Value date_as(Call& call) {
  static constexpr char text[] = {format, '\0'};
  return call.run.text_view(format_value(call.run, call[0], text));
}
constexpr std::int64_t file_time_epoch = 504'911'232'000'000'000;   // 1601-01-01
constexpr std::int64_t automation_epoch = 599'264'352'000'000'000;  // 1899-12-30
Value to_file_time(Call& call) { return Value::int64(call.integer(0) - file_time_epoch); }
Value from_file_time(Call& call) {
  const std::int64_t ticks = call.integer(0) + file_time_epoch;
  if (call.integer(0) < 0 || ticks > max_date_ticks)
    return call.raise(Fault::argument_out_of_range, "Not a valid Win32 FileTime. (Parameter 'fileTime')");
  return Value::date_time(ticks, utc_kind);
}
Value to_automation_date(Call& call) {
  const std::int64_t milliseconds = (call.integer(0) - automation_epoch) / ticks_per_millisecond;
  return Value::float64(call.integer(0) == 0 ? 0 : static_cast<double>(milliseconds) / 86'400'000.0);
}
Value from_automation_date(Call& call) {
  const double milliseconds = std::round(call.number(0) * 86'400'000.0);
  const double ticks = milliseconds * 10'000.0 + static_cast<double>(automation_epoch);
  if (!(ticks >= 0 && ticks <= static_cast<double>(max_date_ticks)))
    return call.raise(Fault::argument, "Not a legal OleAut date.");
  return Value::date_time(static_cast<std::int64_t>(milliseconds) * ticks_per_millisecond + automation_epoch,
                          unspecified_kind);
}
Value min_offset(Call&) { return Value::date_time_offset(0, 0); }
Value max_offset(Call&) { return Value::date_time_offset(max_date_ticks, 0); }

// TimeZoneInfo: only UTC, which is also local.
Value zone_utc(Call& call) {
  static const Type* type = read_type("TimeZoneInfo");
  return make_handle(call.run, type, nullptr);
}
Value zone_id(Call&) { return Value::string("UTC"); }
Value zone_named(Call& call) {
  if (call.text(0) == "UTC" || call.text(0) == "Etc/UTC" || call.text(0) == "GMT") return zone_utc(call);
  return call.raise(Fault::not_supported,
                    "The time zone '" + std::string(call.text(0)) + "' is not known to this gateway; only UTC is.");
}
Value zone_convert_offset(Call& call) { return Value::date_time_offset(call.integer(0), 0); }
template <std::int64_t number>
Value constant_ticks(Call&) {
  return Value::int64(number);
}
Value zone_convert(Call& call) { return Value::date_time(ticks(call), utc_kind); }

#define SLUICE_ORDER(type)                                                                     \
  {type, "op ==", "(" type " a, " type " b)", "bool", compare<Operator::equal>},               \
      {type, "op !=", "(" type " a, " type " b)", "bool", compare<Operator::not_equal>},       \
      {type, "op <", "(" type " a, " type " b)", "bool", compare<Operator::less>},             \
      {type, "op <=", "(" type " a, " type " b)", "bool", compare<Operator::less_equal>},      \
      {type, "op >", "(" type " a, " type " b)", "bool", compare<Operator::greater>},          \
      {type, "op >=", "(" type " a, " type " b)", "bool", compare<Operator::greater_equal>}, { \
    "static " type, "Compare", "(" type " a, " type " b)", "int", compare_static               \
  }
#define SLUICE_CALENDAR(type)                                                                                     \
  {type, "AddDays", "(double value)", type, add_units<ticks_per_day>},                                            \
      {type, "AddHours", "(double value)", type, add_units<ticks_per_hour>},                                      \
      {type, "AddMinutes", "(double value)", type, add_units<ticks_per_minute>},                                  \
      {type, "AddSeconds", "(double value)", type, add_units<ticks_per_second>},                                  \
      {type, "AddMilliseconds", "(double value)", type, add_units<ticks_per_millisecond>},                        \
      {type, "AddTicks", "(long value)", type, add_ticks}, {type, "AddMonths", "(int months)", type, add_months}, \
      {type, "AddYears", "(int value)", type, add_years}, {type, "Add", "(TimeSpan value)", type, add_span},      \
      {type, "Subtract", "(TimeSpan value)", type, subtract_span},                                                \
      {type, "Subtract", "(" type " value)", "TimeSpan", date_difference},                                        \
      {type, "op +", "(" type " a, TimeSpan b)", type, add_span},                                                 \
      {type, "op -", "(" type " a, TimeSpan b)", type, subtract_span},                                            \
      {type, "op -", "(" type " a, " type " b)", "TimeSpan", date_difference}, {type, "Year", "", "int", year},   \
      {type, "Month", "", "int", month}, {type, "Day", "", "int", day}, {type, "Hour", "", "int", hour},          \
      {type, "Minute", "", "int", minute}, {type, "Second", "", "int", second},                                   \
      {type, "Millisecond", "", "int", millisecond}, {type, "Ticks", "", "long", ticks_call},                     \
      {type, "DayOfYear", "", "int", day_of_year}, {type, "DayOfWeek", "", "DayOfWeek", day_of_week},             \
      {type, "TimeOfDay", "", "TimeSpan", time_of_day}, {                                                         \
    type, "Date", "", "DateTime", date_part                                                                       \
  }

constexpr Trait clock = Trait::impure;
constexpr MemberRow members[] = {
    SLUICE_ORDER("DateTime"),
    SLUICE_ORDER("DateTimeOffset"),
    SLUICE_ORDER("TimeSpan"),
    SLUICE_CALENDAR("DateTime"),
    SLUICE_CALENDAR("DateTimeOffset"),
    {"static DateTime", "UtcNow", "", "DateTime", utc_now, "", clock},
    {"static DateTime", "Now", "", "DateTime", local_now, "", clock},
    {"static DateTime", "Today", "", "DateTime", today, "", clock},
    {"static DateTime", "MinValue", "", "DateTime", min_date},
    {"static DateTime", "MaxValue", "", "DateTime", max_date},
    {"DateTime", "new", "(long ticks)", "DateTime", date_new},
    {"DateTime", "new", "(long ticks, DateTimeKind kind)", "DateTime", date_new},
    {"DateTime", "new", "(int year, int month, int day)", "DateTime", date_new},
    {"DateTime", "new", "(int year, int month, int day, int hour, int minute, int second)", "DateTime", date_new},
    {"DateTime", "new", "(int year, int month, int day, int hour, int minute, int second, DateTimeKind kind)",
     "DateTime", date_new},
    {"DateTime", "new", "(int year, int month, int day, int hour, int minute, int second, int millisecond)", "DateTime",
     date_new},
    {"DateTime", "new",
     "(int year, int month, int day, int hour, int minute, int second, int millisecond, DateTimeKind kind)", "DateTime",
     date_new},
    {"DateTime", "Kind", "", "DateTimeKind", kind_call},
    {"DateTime", "ToShortDateString", "()", "string", date_as<'d'>},
    {"DateTime", "ToLongDateString", "()", "string", date_as<'D'>},
    {"DateTime", "ToShortTimeString", "()", "string", date_as<'t'>},
    {"DateTime", "ToLongTimeString", "()", "string", date_as<'T'>},
    {"DateTime", "ToFileTimeUtc", "()", "long", to_file_time},
    {"static DateTime", "FromFileTimeUtc", "(long fileTime)", "DateTime", from_file_time},
    {"DateTime", "ToOADate", "()", "double", to_automation_date},
    {"static DateTime", "FromOADate", "(double d)", "DateTime", from_automation_date},
    {"static DateTimeOffset", "MinValue", "", "DateTimeOffset", min_offset},
    {"static DateTimeOffset", "MaxValue", "", "DateTimeOffset", max_offset},
    {"DateTime", "ToUniversalTime", "()", "DateTime", to_universal},
    {"DateTime", "ToLocalTime", "()", "DateTime", to_local},
    {"DateTime", "IsDaylightSavingTime", "()", "bool", is_daylight},
    {"static DateTime", "SpecifyKind", "(DateTime value, DateTimeKind kind)", "DateTime", specify_kind},
    {"static DateTime", "IsLeapYear", "(int year)", "bool", is_leap},
    {"static DateTime", "DaysInMonth", "(int year, int month)", "int", days_in},
    {"static DateTime", "Parse", "(string s)", "DateTime", parse},
    {"static DateTime", "TryParse", "(string s, out DateTime result)", "bool", try_parse, "", clock},
    {"static DateTime", "ParseExact", "(string s, string format, object provider)", "DateTime", parse_exact},
    {"static DateTimeOffset", "UtcNow", "", "DateTimeOffset", offset_now, "", clock},
    {"static DateTimeOffset", "Now", "", "DateTimeOffset", offset_now, "", clock},
    {"DateTimeOffset", "new", "(DateTime dateTime)", "DateTimeOffset", offset_from_date},
    {"DateTimeOffset", "new", "(DateTime dateTime, TimeSpan offset)", "DateTimeOffset", offset_from_date},
    {"DateTimeOffset", "new", "(int year, int month, int day, int hour, int minute, int second, TimeSpan offset)",
     "DateTimeOffset", offset_new},
    {"DateTimeOffset", "implicit", "(DateTime dateTime)", "DateTimeOffset", offset_from_date},
    {"DateTimeOffset", "ToUnixTimeSeconds", "()", "long", unix_seconds},
    {"DateTimeOffset", "ToUnixTimeMilliseconds", "()", "long", unix_milliseconds},
    {"static DateTimeOffset", "FromUnixTimeSeconds", "(long seconds)", "DateTimeOffset", from_unix_seconds},
    {"static DateTimeOffset", "FromUnixTimeMilliseconds", "(long milliseconds)", "DateTimeOffset",
     from_unix_milliseconds},
    {"DateTimeOffset", "UtcDateTime", "", "DateTime", utc_date},
    {"DateTimeOffset", "DateTime", "", "DateTime", plain_date},
    {"DateTimeOffset", "LocalDateTime", "", "DateTime", local_date},
    {"DateTimeOffset", "Offset", "", "TimeSpan", offset_of},
    {"DateTimeOffset", "UtcTicks", "", "long", utc_ticks},
    {"DateTimeOffset", "ToUniversalTime", "()", "DateTimeOffset", offset_universal},
    {"DateTimeOffset", "ToLocalTime", "()", "DateTimeOffset", offset_universal},
    {"DateTimeOffset", "ToOffset", "(TimeSpan offset)", "DateTimeOffset", to_offset},
    {"DateTimeOffset", "EqualsExact", "(DateTimeOffset other)", "bool", equals_exact},
    {"static DateTimeOffset", "Parse", "(string input)", "DateTimeOffset", parse_offset},
    {"static DateTimeOffset", "TryParse", "(string input, out DateTimeOffset result)", "bool", try_parse_offset, "",
     clock},
    {"TimeSpan", "new", "(long ticks)", "TimeSpan", span_new},
    {"TimeSpan", "new", "(int hours, int minutes, int seconds)", "TimeSpan", span_new},
    {"TimeSpan", "new", "(int days, int hours, int minutes, int seconds)", "TimeSpan", span_new},
    {"TimeSpan", "new", "(int days, int hours, int minutes, int seconds, int milliseconds)", "TimeSpan", span_new},
    {"static TimeSpan", "FromDays", "(double value)", "TimeSpan", from_units<ticks_per_day>},
    {"static TimeSpan", "FromHours", "(double value)", "TimeSpan", from_units<ticks_per_hour>},
    {"static TimeSpan", "FromMinutes", "(double value)", "TimeSpan", from_units<ticks_per_minute>},
    {"static TimeSpan", "FromSeconds", "(double value)", "TimeSpan", from_units<ticks_per_second>},
    {"static TimeSpan", "FromMilliseconds", "(double value)", "TimeSpan", from_units<ticks_per_millisecond>},
    {"static TimeSpan", "FromTicks", "(long value)", "TimeSpan", from_ticks},
    {"TimeSpan", "Days", "", "int", span_part<ticks_per_day, 0>},
    {"TimeSpan", "Hours", "", "int", span_part<ticks_per_hour, 24>},
    {"TimeSpan", "Minutes", "", "int", span_part<ticks_per_minute, 60>},
    {"TimeSpan", "Seconds", "", "int", span_part<ticks_per_second, 60>},
    {"TimeSpan", "Milliseconds", "", "int", span_part<ticks_per_millisecond, 1000>},
    {"TimeSpan", "Ticks", "", "long", span_ticks},
    {"TimeSpan", "TotalDays", "", "double", span_total<ticks_per_day>},
    {"TimeSpan", "TotalHours", "", "double", span_total<ticks_per_hour>},
    {"TimeSpan", "TotalMinutes", "", "double", span_total<ticks_per_minute>},
    {"TimeSpan", "TotalSeconds", "", "double", span_total<ticks_per_second>},
    {"TimeSpan", "TotalMilliseconds", "", "double", span_total<ticks_per_millisecond>},
    {"TimeSpan", "Add", "(TimeSpan ts)", "TimeSpan", span_sum},
    {"TimeSpan", "Subtract", "(TimeSpan ts)", "TimeSpan", span_difference},
    {"TimeSpan", "Negate", "()", "TimeSpan", negate},
    {"TimeSpan", "Duration", "()", "TimeSpan", duration},
    {"TimeSpan", "op +", "(TimeSpan a, TimeSpan b)", "TimeSpan", span_sum},
    {"TimeSpan", "op -", "(TimeSpan a, TimeSpan b)", "TimeSpan", span_difference},
    {"TimeSpan", "op unary -", "(TimeSpan a)", "TimeSpan", negate},
    {"static TimeSpan", "TicksPerMillisecond", "", "long", constant_ticks<ticks_per_millisecond>, "", Trait::constant},
    {"static TimeSpan", "TicksPerSecond", "", "long", constant_ticks<ticks_per_second>, "", Trait::constant},
    {"static TimeSpan", "TicksPerMinute", "", "long", constant_ticks<ticks_per_minute>, "", Trait::constant},
    {"static TimeSpan", "TicksPerHour", "", "long", constant_ticks<ticks_per_hour>, "", Trait::constant},
    {"static TimeSpan", "TicksPerDay", "", "long", constant_ticks<ticks_per_day>, "", Trait::constant},
    {"static TimeSpan", "Zero", "", "TimeSpan", zero_span},
    {"static TimeSpan", "MaxValue", "", "TimeSpan", max_span},
    {"static TimeSpan", "MinValue", "", "TimeSpan", min_span},
    {"static TimeSpan", "Parse", "(string input)", "TimeSpan", parse_span},
    {"static TimeSpan", "TryParse", "(string input, out TimeSpan result)", "bool", try_parse_span, "", clock},
    {"static TimeZoneInfo", "Utc", "", "TimeZoneInfo", zone_utc, "", clock},
    {"static TimeZoneInfo", "Local", "", "TimeZoneInfo", zone_utc, "", clock},
    {"static TimeZoneInfo", "FindSystemTimeZoneById", "(string id)", "TimeZoneInfo", zone_named, "", clock},
    {"static TimeZoneInfo", "ConvertTimeToUtc", "(DateTime dateTime)", "DateTime", zone_convert},
    {"static TimeZoneInfo", "ConvertTimeToUtc", "(DateTime dateTime, TimeZoneInfo source)", "DateTime", zone_convert},
    {"static TimeZoneInfo", "ConvertTime", "(DateTime dateTime, TimeZoneInfo destination)", "DateTime", zone_convert},
    {"static TimeZoneInfo", "ConvertTimeFromUtc", "(DateTime dateTime, TimeZoneInfo destination)", "DateTime",
     zone_convert},
    {"static TimeZoneInfo", "ConvertTime", "(DateTimeOffset dateTimeOffset, TimeZoneInfo destination)",
     "DateTimeOffset", zone_convert_offset},
    {"TimeZoneInfo", "Id", "", "string", zone_id},
};
#undef SLUICE_ORDER
#undef SLUICE_CALENDAR

}  // namespace

extern const Family date_time_family{"date_time", "Dates and durations.", "System.DateTime, System.TimeSpan", types, {},
                                     members};

}  // namespace sluice::expression
