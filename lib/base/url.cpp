// SPDX-License-Identifier: Apache-2.0
#include "base/url.hpp"

#include "base/characters.hpp"
#include "base/scan.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr bool is_unreserved(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// Decodes unreserved characters and upper-cases the rest. Refuses what P2 names.
Result<std::string> canonical_escapes(std::string_view path, const PathRules& rules) {
  const auto refuse = [](const char* why) { return fail(ErrorCode::bad_request, why); };
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string text;
  std::string decoded;  // only to check the encoding of what escapes stand for
  text.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x21 || byte == 0x7F) return refuse("The path holds a blank or a control character.");
    if (c == '\\') return refuse("The path holds a backslash.");
    if (c == '#') return refuse("The path holds a fragment.");
    if (c != '%') {
      text += c;
      decoded += c;
      continue;
    }
    const int high = i + 1 < path.size() ? hex_value(path[i + 1]) : -1;
    const int low = i + 2 < path.size() ? hex_value(path[i + 2]) : -1;
    if (high < 0 || low < 0) return refuse("The path holds a malformed percent-encoding.");
    const char value = static_cast<char>(high * 16 + low);
    i += 2;
    if (value == '\0' || value == '\r' || value == '\n') return refuse("The path holds an encoded control character.");
    if (value == '\\') return refuse("The path holds an encoded backslash.");
    if (value == '/' && !rules.allow_encoded_slash) return refuse("The path holds an encoded slash.");
    decoded += value;
    if (is_unreserved(value)) {
      text += value;
    } else {
      text += '%';
      text += digits[high];
      text += digits[low];
    }
  }
  if (!is_valid_utf8(decoded)) return refuse("The path is not valid UTF-8.");
  return text;
}

}  // namespace

namespace {

constexpr auto plain_path_bytes = [] {
  std::array<bool, 256> table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = is_alpha(static_cast<char>(i)) || is_digit(static_cast<char>(i));
  for (const char c : std::string_view("/-_~:@!$&'()*+,=.")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

/// Most paths are in normal form already: nothing to decode, no dot at the beginning of a segment.
bool is_normal_path(std::string_view path) {
  if (!all_in_path(path, plain_path_bytes)) return false;
  for (std::size_t at = path.find('.'); at != std::string_view::npos; at = path.find('.', at + 1)) {
    if (at != 0 && path[at - 1] == '/') return false;
  }
  return true;
}

}  // namespace

namespace {

/// Whether a segment is one, to somebody who takes the escaped slashes that it keeps for slashes, that climbs.
bool hides_dot_segment(std::string_view segment) {
  constexpr std::string_view slash = "%2F";
  if (segment.find(slash) == std::string_view::npos) return false;
  for (std::size_t at = 0; at <= segment.size();) {
    const std::size_t end = std::min(segment.find(slash, at), segment.size());
    const std::string_view piece = segment.substr(at, end - at);
    const std::string_view name = piece.substr(0, piece.find(';'));
    if (name == "." || name == "..") return true;
    at = end + slash.size();
  }
  return false;
}

}  // namespace

Result<std::string_view> normalize_path(std::string_view path, Arena& arena, const PathRules& rules) {
  if (path.empty()) return std::string_view("/");
  if (path.front() != '/') return fail(ErrorCode::bad_request, "The path does not begin with a slash.");
  if (is_normal_path(path) && (!rules.merge_slashes || path.find("//") == std::string_view::npos)) return path;

  auto text = canonical_escapes(path, rules);
  if (!text) return fail(std::move(text.error()));
  std::string result;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('/', 1), rest.size());
    const std::string_view segment = rest.substr(1, end - 1);
    const bool last = end == rest.size();
    rest.remove_prefix(end);
    const std::string_view name = segment.substr(0, segment.find(';'));
    if (name.size() < segment.size() && (name == "." || name == "..")) {
      return fail(ErrorCode::bad_request, "The path holds a dot segment with parameters.");
    }
    if (hides_dot_segment(segment)) {
      return fail(ErrorCode::bad_request, "The path holds a dot segment beside an encoded slash.");
    }
    if (segment == ".") {
      if (last) result += '/';
    } else if (segment == "..") {
      if (result.empty()) return fail(ErrorCode::bad_request, "The path climbs above its root.");
      result.resize(result.rfind('/'));
      if (last) result += '/';
    } else if (segment.empty() && rules.merge_slashes && !last) {
      continue;
    } else {
      if (segment.empty() && rules.merge_slashes && !result.empty() && result.back() == '/') continue;
      result += '/';
      result += segment;
    }
  }
  if (result.empty()) result = "/";
  return arena.copy(result);
}

std::string_view percent_decode(std::string_view text, Arena& arena, bool plus_is_blank) {
  if (text.find('%') == std::string_view::npos && (!plus_is_blank || text.find('+') == std::string_view::npos)) {
    return text;
  }
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return arena.copy(decoded);
}

namespace {

constexpr auto unreserved_bytes = [] {
  std::array<bool, 256> table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = is_unreserved(static_cast<char>(i));
  return table;
}();

}  // namespace

bool is_unreserved(std::string_view text) { return all_in(text, unreserved_bytes); }

std::string percent_encode(std::string_view text, std::string_view also_kept) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string encoded;
  for (char c : text) {
    if (is_unreserved(c) || also_kept.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[static_cast<unsigned char>(c) >> 4];
      encoded += digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return encoded;
}

std::string_view percent_encode(std::string_view text, std::string_view also_kept, Arena& arena) {
  if (is_unreserved(text)) return text;
  return arena.copy(percent_encode(text, also_kept));
}

std::optional<QueryItem> QueryReader::next() {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('&'), rest_.size());
    const std::string_view piece = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) return QueryItem{piece, {}, false};
    return QueryItem{piece.substr(0, equals), piece.substr(equals + 1), true};
  }
  return std::nullopt;
}

std::optional<std::string_view> query_value(std::string_view query, std::string_view name, Arena& arena) {
  QueryReader reader(query);
  while (auto item = reader.next()) {
    if (percent_decode(item->name, arena, true) == name) return percent_decode(item->value, arena, true);
  }
  return std::nullopt;
}

std::string_view join_paths(std::string_view base, std::string_view rest, Arena& arena) {
  while (!base.empty() && base.back() == '/') base.remove_suffix(1);
  if (base.empty() && !rest.empty() && rest.front() == '/') return rest;
  if (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);  // Further ones are empty segments, which stay (P3).
  if (rest.empty()) return base.empty() ? std::string_view("/") : base;
  return arena.concat({base, "/", rest});
}

namespace {

constexpr auto host_bytes = [] {
  std::array<bool, 256> table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = is_alpha(static_cast<char>(i)) || is_digit(static_cast<char>(i));
  for (const char c : std::string_view("-._~!$&'()*+;=%")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

}  // namespace

bool is_valid_authority(std::string_view authority) {
  if (authority.empty()) return false;
  std::string_view port;
  std::string_view host = authority;
  if (host.front() == '[') {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    for (char c : host.substr(1, end - 1)) {
      if (hex_value(c) < 0 && c != ':' && c != '.') return false;
    }
    if (end + 1 < host.size()) {
      if (host[end + 1] != ':') return false;
      port = host.substr(end + 1);
    }
  } else {
    const std::size_t colon = host.find(':');
    if (colon != std::string_view::npos) port = host.substr(colon);
    host = host.substr(0, colon);
    if (host.empty()) return false;
    for (char c : host) {
      if (!host_bytes[static_cast<unsigned char>(c)]) return false;
    }
  }
  if (port.empty() || port == ":") return true;
  const auto number = parse_unsigned(port.substr(1));
  return number && *number <= 65535 && port.size() <= 6;
}

std::uint16_t Url::effective_port() const { return port != 0 ? port : scheme == "https" ? 443 : 80; }
bool Url::has_default_port() const { return effective_port() == (scheme == "https" ? 443 : 80); }

std::string_view Url::authority(Arena& arena) const {
  return has_default_port() ? host : arena.concat({host, ":", std::to_string(port)});
}

std::string_view Url::to_string(Arena& arena) const {
  return arena.concat({scheme, "://", authority(arena), path, query.empty() ? "" : "?", query});
}

Result<Url> parse_url(std::string_view text, Arena& arena) {
  const auto refuse = [&](const char* why) {
    return fail(ErrorCode::policy_value_invalid,
                "'" + std::string(text.substr(0, 200)) + "' is not a usable URL: " + why);
  };
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return refuse("it has no scheme.");
  Url url;
  const std::string scheme = to_lower(text.substr(0, colon));
  if (scheme == "https") {
    url.scheme = "https";
  } else if (scheme == "http") {
    url.scheme = "http";
  } else {
    return refuse("its scheme is neither http nor https.");
  }
  std::string_view rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, end);
  if (authority.find('@') != std::string_view::npos) return refuse("it holds user information.");
  if (!is_valid_authority(authority)) return refuse("its host or port is malformed.");
  const std::size_t port_colon = authority.rfind(':');
  const bool has_port =
      port_colon != std::string_view::npos && authority.find(']', port_colon) == std::string_view::npos;
  url.host = arena.copy(to_lower(has_port ? authority.substr(0, port_colon) : authority));
  if (has_port && port_colon + 1 < authority.size()) {
    url.port = static_cast<std::uint16_t>(*parse_unsigned(authority.substr(port_colon + 1)));
  }
  rest.remove_prefix(end);
  const std::size_t question = std::min(rest.find('?'), rest.size());
  auto path = normalize_path(rest.substr(0, question), arena, {.allow_encoded_slash = true});
  if (!path) return refuse(std::string(path.error().message()).c_str());
  url.path = arena.copy(*path);
  if (question < rest.size()) url.query = arena.copy(rest.substr(question + 1));
  return url;
}

}  // namespace sluice
