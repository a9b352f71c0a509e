// SPDX-License-Identifier: Apache-2.0
#include "http/h2_answer_head.hpp"

#include "http/request_head.hpp"
#include "http/trailers.hpp"

#include <charconv>

namespace sluice::http {
namespace {

constexpr HeaderName content_length_name{"content-length"};
constexpr HeaderName date_name{"date"};

std::string_view number_text(std::uint64_t number, Arena& arena) {
  constexpr std::size_t most_digits = 20;
  char* const digits = arena.make_room<char>(most_digits);
  const auto end = std::to_chars(digits, digits + most_digits, number);
  return {digits, static_cast<std::size_t>(end.ptr - digits)};
}

/// What a GET would have got, as far as it is known, where there is no body to tell (RFC 9110 section 8.6).
std::optional<std::uint64_t> announced_length(const Response& response, bool is_head_request) {
  if (response.status == 204) return std::nullopt;
  const bool tells_of_other = is_bodiless(response.status, is_head_request) && response.body.is_none();
  return tells_of_other ? read_content_length(response.headers.get(content_length_name)) : response.body.length();
}

}  // namespace

std::optional<H2FieldList> make_answer_fields(const Response& response, bool is_head_request, std::string_view date) {
  if (response.status < 200 || response.status > 999) return std::nullopt;
  Arena& arena = response.headers.arena();
  constexpr std::size_t own_fields = 3;
  H2FieldList fields(arena, response.headers.size() + own_fields);
  fields.add(":status", number_text(static_cast<std::uint64_t>(response.status), arena));
  if (!fields.add_lines(response.headers, framed_by_h2)) return std::nullopt;
  if (!date.empty() && !response.headers.contains(date_name)) fields.add("date", date);
  if (const auto length = announced_length(response, is_head_request))
    fields.add("content-length", number_text(*length, arena));
  return fields;
}

std::optional<H2FieldList> make_trailer_fields(const Headers* trailers, Arena& arena) {
  H2FieldList fields(arena, trailers == nullptr ? 0 : trailers->size());
  if (trailers == nullptr) return fields;
  for (const Header& line : *trailers) {
    if (!may_trail(line)) continue;
    if (!fields.add_line(line)) return std::nullopt;
  }
  return fields;
}

}  // namespace sluice::http
