// SPDX-License-Identifier: Apache-2.0
#include "http/h2_fields.hpp"

#include "base/characters.hpp"
#include "base/scan.hpp"

#include <cstring>

namespace sluice::http {
namespace {

constexpr auto name_bytes =
    detail::make_table([](unsigned char c) { return is_token_char(static_cast<char>(c)) && !(c >= 'A' && c <= 'Z'); });

constexpr HeaderName cookie_name{"cookie"};
constexpr HeaderName te_name{"te"};
constexpr HeaderName keep_alive_name{"keep-alive"};
constexpr HeaderName proxy_connection_name{"proxy-connection"};
constexpr HeaderName upgrade_name{"upgrade"};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// RFC 9113 section 8.2.1: no blanks around the value either.
bool is_good_value(std::string_view value) {
  if (!value.empty() && (is_blank(value.front()) || is_blank(value.back()))) return false;
  return is_field_value(value);
}

/// RFC 9113 section 8.2.2: what belongs to a connection of HTTP/1 has no place here.
bool is_of_connection(FieldRole role, const Header& line) {
  if (role == FieldRole::connection || role == FieldRole::transfer_encoding) return true;
  if (role != FieldRole::hop_by_hop) return false;
  if (line.is(te_name)) return !equal_ignoring_case(line.value, "trailers");
  return line.is(keep_alive_name) || line.is(proxy_connection_name) || line.is(upgrade_name);
}

}  // namespace

H2FieldSection::Outcome H2FieldSection::count(std::string_view name, std::string_view value) {
  ++fields_;
  cost_ += name.size() + value.size() + cost_per_line;
  return fields_ > bounds_.lines || cost_ > bounds_.section_bytes ? Outcome::too_large : Outcome::taken;
}

H2FieldSection::Outcome H2FieldSection::add(std::string_view name, std::string_view value) {
  if (count(name, value) == Outcome::too_large) return Outcome::too_large;
  if (name.empty() || !all_in(name, name_bytes) || !is_good_value(value)) return Outcome::malformed;
  Header line{name, value, header_hash(name), true};
  const FieldRole role = role_of(line.key());
  if (is_of_connection(role, line)) return Outcome::malformed;
  char* const text = arena_.make_room<char>(name.size() + value.size() + 4);
  char* const kept_value = text + name.size() + 2;
  std::memcpy(text, name.data(), name.size());
  std::memcpy(text + name.size(), ": ", 2);
  if (!value.empty()) std::memcpy(kept_value, value.data(), value.size());
  std::memcpy(kept_value + value.size(), "\r\n", 2);
  line.name = {text, name.size()};
  line.value = {kept_value, value.size()};
  line.role = static_cast<std::uint8_t>(role);
  roles_ |= bit(role);
  has_underscore_ = has_underscore_ || name.find('_') != std::string_view::npos;
  if (line.is(cookie_name)) ++cookies_;
  lines_.add(line);
  return Outcome::taken;
}

void H2FieldSection::join_cookies() {
  const auto lines = lines_.lines();
  std::size_t size = 0;
  for (const Header& line : lines) {
    if (line.is(cookie_name)) size += line.value.size() + 2;
  }
  char* const text = arena_.make_room<char>(size);
  std::size_t length = 0;
  Header* first = nullptr;
  std::uint32_t kept = 0;
  for (Header& line : lines) {
    const bool is_cookie = line.is(cookie_name);
    if (is_cookie) {
      if (length != 0) {
        std::memcpy(text + length, "; ", 2);
        length += 2;
      }
      if (!line.value.empty()) std::memcpy(text + length, line.value.data(), line.value.size());
      length += line.value.size();
    }
    if (is_cookie && first != nullptr) continue;
    lines[kept] = line;
    if (is_cookie) first = &lines[kept];
    ++kept;
  }
  first->value = {text, length};
  lines_.shorten(kept);
}

HeadLines H2FieldSection::finish() {
  if (cookies_ > 1) join_cookies();
  return {{}, lines_.lines(), lines_.capacity(), roles_, has_underscore_};
}

void H2FieldList::add(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  fields_[count_++] = {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

bool H2FieldList::add_lines(const Headers& headers, FieldRoles left_out) {
  for (const Header& line : headers) {
    if (contains(left_out, role_of(line))) continue;
    if (!line.is_checked && (line.name.empty() || !all_in(line.name, token_bytes) || !is_field_value(line.value)))
      return false;
    add(line.name, strip_blanks(line.value));
  }
  return true;
}

}  // namespace sluice::http
