// SPDX-License-Identifier: Apache-2.0
#include "base/media_type.hpp"

#include "base/text.hpp"

namespace sluice {
namespace {

/// Takes what stands before the next `separator` off `rest`.
std::string_view take_part(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return trim(part);
}

bool is_type(std::string_view content_type, std::string_view subtype) {
  const std::string_view type = media_type(content_type);
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view family = type.substr(0, slash), kind = type.substr(slash + 1);
  if (equal_ignoring_case(kind, subtype)) {
    return equal_ignoring_case(family, "application") || equal_ignoring_case(family, "text");
  }
  return kind.size() > subtype.size() && kind[kind.size() - subtype.size() - 1] == '+' &&
         equal_ignoring_case(kind.substr(kind.size() - subtype.size()), subtype);
}

/// `q=0` with any number of zeros behind the point.
bool is_excluded(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = take_part(parameters, ';');
    if (parameter.size() < 3 || to_lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
    return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

}  // namespace

std::string_view media_type(std::string_view content_type) {
  return trim(content_type.substr(0, content_type.find(';')));
}

bool is_json_type(std::string_view content_type) { return is_type(content_type, "json"); }
bool is_xml_type(std::string_view content_type) { return is_type(content_type, "xml"); }

bool accepts(const Headers& headers, bool (*wanted)(std::string_view)) {
  for (const Header& line : headers) {
    if (!line.is("Accept")) continue;
    std::string_view rest = line.value;
    while (!rest.empty()) {
      std::string_view range = take_part(rest, ',');
      const std::string_view type = take_part(range, ';');
      if (wanted(type) && !is_excluded(range)) return true;
    }
  }
  return false;
}

}  // namespace sluice
