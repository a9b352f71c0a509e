// SPDX-License-Identifier: Apache-2.0
// One pass over the lines of a head checks them and makes their index. Format: RFC 9112 sections 2-5.
#include "http/head_check.hpp"

#include "base/characters.hpp"
#include "base/scan.hpp"
#include "http/line_list.hpp"

#include <algorithm>
#include <array>

namespace sluice::http {
namespace {

/// True when `bytes` hold a line feed without carriage return before it, or one of these not followed by a line feed.
bool has_bare_line_end(std::string_view bytes, std::size_t from) {
  for (std::size_t at = bytes.find('\n', from); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return true;
  }
  for (std::size_t at = bytes.find('\r', from); at != std::string_view::npos; at = bytes.find('\r', at + 1)) {
    if (at + 1 < bytes.size() && bytes[at + 1] != '\n') return true;
  }
  return false;
}

inline bool is_line_end(const char* at, const char* end) { return end - at >= 2 && at[0] == '\r' && at[1] == '\n'; }

/// Fills `line` from `name:value`, of bytes that have been checked: what is no more than a blank is one.
inline void take_line(const char* name, const char* value, const char* end, Header& line) {
  const auto is_blank_byte = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  const auto size = static_cast<std::size_t>(end - value);
  line.name = {name, static_cast<std::size_t>(value - 1 - name)};
  line.hash = header_hash(line.name);
  line.is_checked = true;
  line.is_verbatim = size >= 2 && *value == ' ' && !is_blank_byte(value[1]) && !is_blank_byte(end[-1]);
  line.value = line.is_verbatim ? std::string_view(value + 1, size - 1) : strip_blanks({value, size});
  line.role = static_cast<std::uint8_t>(role_of(line.key()));
}

}  // namespace

HeadBounds request_bounds(const HttpLimits& limits) {
  return {limits.request_line_bytes, limits.header_section_bytes, limits.header_lines};
}
HeadBounds answer_bounds(const HttpLimits& limits) {
  return {limits.response_head_bytes, limits.response_head_bytes, limits.response_header_lines};
}

Checked<HeadExtent> find_head_end(std::string_view bytes, std::size_t seen, const HeadBounds& bounds) {
  // A line costs 32 in the bounds and 4 on the wire, so a head within bounds always fits in their sum.
  const std::size_t most = bounds.first_line_bytes + bounds.section_bytes + 4;
  const std::size_t found = find_empty_line(bytes, seen < 3 ? 0 : seen - 3);
  if (found != std::string_view::npos && found + 4 <= most) return HeadExtent{found + 4};
  const std::size_t first_end = bytes.substr(0, bounds.first_line_bytes + 2).find("\r\n");
  if (first_end == std::string_view::npos && bytes.size() > bounds.first_line_bytes + 1) {
    return refuse(414, "The request line is too long.");
  }
  if (has_bare_line_end(bytes.substr(0, most), seen == 0 ? 0 : seen - 1)) {
    return refuse(400, "Lines of the request head must end with CR LF.");
  }
  if (bytes.size() > most || found != std::string_view::npos) {
    return refuse(431, "The header section of the request is too large.");
  }
  return HeadExtent{};
}

Checked<HeadLines> read_head_lines(std::string_view head, const HeadBounds& bounds, Arena& arena) {
  const char* const begin = head.data();
  const char* const end = begin + head.size();
  const char* at = value_end(begin, begin, end);
  if (!is_line_end(at, end)) return refuse(400, "The first line of the request is malformed.");
  HeadLines result;
  result.first_line = {begin, static_cast<std::size_t>(at - begin)};
  if (result.first_line.size() > bounds.first_line_bytes) return refuse(414, "The request line is too long.");
  LineList list(arena);
  std::size_t cost = 0;
  for (;;) {
    const char* const name = at + 2;
    at = name_end(begin, name, end, result.has_underscore);
    if (at == name && is_line_end(at, end)) break;
    if (at == name || at == end || *at != ':') return refuse(400, "A header line of the request is malformed.");
    const char* const value = at + 1;
    at = value_end(begin, value, end);
    if (!is_line_end(at, end)) return refuse(400, "A header value of the request is malformed.");
    if (list.count() == bounds.lines) return refuse(431, "The request has too many header lines.");
    Header& line = list.next();
    take_line(name, value, at, line);
    result.roles |= bit(static_cast<FieldRole>(line.role));
    cost += line.name.size() + line.value.size();
  }
  cost += list.count() * cost_per_line;
  if (cost > bounds.section_bytes) return refuse(431, "The header section of the request is too large.");
  if (end - at != 2) return refuse(400, "A header line of the request is malformed.");
  result.lines = list.lines();
  result.capacity = list.capacity();
  return result;
}

Checked<RequestLine> read_request_line(std::string_view line) {
  const auto malformed = [] { return refuse(400, "The request line is malformed."); };
  const auto end_of = [&](std::size_t at, const auto& allowed) {
    while (at < line.size() && allowed[static_cast<unsigned char>(line[at])]) ++at;
    return at;
  };
  const auto target_end = [&](std::size_t at) {
    const char* const begin = line.data();
    return end_of(static_cast<std::size_t>(skip_path_bytes(begin + at, begin + line.size()) - begin), target_bytes);
  };
  const std::size_t first = end_of(0, token_bytes);
  if (first == 0 || first == line.size() || line[first] != ' ') return malformed();
  const std::size_t second = target_end(first + 1);
  if (second == first + 1 || second == line.size() || line[second] != ' ') return malformed();
  const RequestLine parts{line.substr(0, first), line.substr(first + 1, second - first - 1), false};
  const std::string_view version = line.substr(second + 1);
  const bool known = version == "HTTP/1.1" || version == "HTTP/1.0";
  if (known && parts.method == "PRI") return malformed();  // never to be mistaken for the preface of HTTP/2
  if (version == "HTTP/1.1") return parts;
  if (version == "HTTP/1.0") return RequestLine{parts.method, parts.target, true};
  const bool well_formed = version.size() == 8 && version.substr(0, 5) == "HTTP/" && is_digit(version[5]) &&
                           version[6] == '.' && is_digit(version[7]);
  if (!well_formed) return malformed();
  return refuse(505, "The HTTP version of the request is not supported.");
}

}  // namespace sluice::http
