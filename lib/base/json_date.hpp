// SPDX-License-Identifier: Apache-2.0
// Texts that Json.NET takes for dates, and how .NET writes them again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// `yyyy-MM-ddTHH:mm:ss[.fraction][Z|±hh[:mm]]` and `/Date(milliseconds[±hhmm])/` in the form of
/// XmlConvert.ToString(DateTime, RoundtripKind) on a machine that keeps UTC: seven digits of the fraction at most,
/// without zeros at its end; what names an offset in UTC, with `+00:00`. Nothing on any other text.
std::optional<std::string> rewritten_json_date(std::string_view text);

}  // namespace sluice
