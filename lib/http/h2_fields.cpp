// SPDX-License-Identifier: Apache-2.0
#include "http/h2_fields.hpp"

#include "base/characters.hpp"
#include "base/scan.hpp"
#include "base/secret_names.hpp"

#include <cstring>
#include <span>

namespace sluice::http {
namespace {

constexpr auto name_bytes =
    detail::make_table([](unsigned char c) { return is_token_char(static_cast<char>(c)) && !(c >= 'A' && c <= 'Z'); });

constexpr HeaderName cookie_name{"cookie"};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// RFC 9113 section 8.2.1: no blanks around the value either.
bool is_good_value(std::string_view value) {
  if (!value.empty() && (is_blank(value.front()) || is_blank(value.back()))) return false;
  return is_field_value(value);
}

/// RFC 9113 section 8.2.2: what belongs to a connection of HTTP/1 has no place here.
bool is_of_connection(FieldRole role, const HeaderName& name, std::string_view value) {
  if (role == FieldRole::connection || role == FieldRole::transfer_encoding) return true;
  if (role != FieldRole::hop_by_hop) return false;
  const auto is = [&](std::string_view other) { return equal_ignoring_case(name.text, other); };
  if (is("te")) return !equal_ignoring_case(value, "trailers");
  return is("keep-alive") || is("proxy-connection") || is("upgrade");
}

}  // namespace

H2FieldSection::Outcome H2FieldSection::count(std::string_view name, std::string_view value) {
  ++fields_;
  cost_ += name.size() + value.size() + cost_per_line;
  return fields_ > bounds_.lines || cost_ > bounds_.section_bytes ? Outcome::too_large : Outcome::taken;
}

H2FieldSection::Outcome H2FieldSection::add(std::string_view name, std::string_view value, bool is_never_indexed) {
  if (count(name, value) == Outcome::too_large) return Outcome::too_large;
  if (name.empty() || !all_in(name, name_bytes) || !is_good_value(value)) return Outcome::malformed;
  const HeaderName key(name);
  const FieldRole role = role_of(key);
  if (is_of_connection(role, key, value)) return Outcome::malformed;
  keep(key, value, role, is_never_indexed);
  return Outcome::taken;
}

void H2FieldSection::keep(const HeaderName& name, std::string_view value, FieldRole role, bool is_never_indexed) {
  char* const text = arena_.make_room<char>(name.text.size() + value.size() + 4);
  char* const kept_value = text + name.text.size() + 2;
  std::memcpy(text, name.text.data(), name.text.size());
  std::memcpy(text + name.text.size(), ": ", 2);
  if (!value.empty()) std::memcpy(kept_value, value.data(), value.size());
  std::memcpy(kept_value + value.size(), "\r\n", 2);
  Header line{{text, name.text.size()}, {kept_value, value.size()}, name.hash, true, static_cast<std::uint8_t>(role)};
  line.is_verbatim = !value.empty();
  line.is_never_indexed = is_never_indexed;
  roles_ |= bit(role);
  has_underscore_ = has_underscore_ || name.text.find('_') != std::string_view::npos;
  if (line.is(cookie_name)) ++cookies_;
  lines_.add(line);
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
  bool is_never_indexed = false;
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
      is_never_indexed = is_never_indexed || line.is_never_indexed;
    }
    if (is_cookie && first != nullptr) continue;
    lines[kept] = line;
    if (is_cookie) first = &lines[kept];
    ++kept;
  }
  first->value = {text, length};
  first->is_verbatim = false;
  first->is_never_indexed = is_never_indexed;
  lines_.shorten(kept);
  cookies_ = 1;
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

bool H2FieldList::add_line(const Header& line) {
  if (!line.is_checked && (line.name.empty() || !all_in(line.name, token_bytes) || !is_field_value(line.value)))
    return false;
  add(line.name, strip_blanks(line.value));
  if (line.is_never_indexed) fields_[count_ - 1].flags |= NGHTTP2_NV_FLAG_NO_INDEX;
  return true;
}

void H2FieldList::never_index_secrets() {
  constexpr std::size_t unguessable = 20;
  for (nghttp2_nv& field : std::span(fields_, count_)) {
    const std::string_view name(reinterpret_cast<const char*>(field.name), field.namelen);
    if (!is_secret_name(name)) continue;
    if (field.valuelen < unguessable || !equal_ignoring_case(name, cookie_name.text))
      field.flags |= NGHTTP2_NV_FLAG_NO_INDEX;
  }
}

bool H2FieldList::add_lines(const Headers& headers, FieldRoles left_out) {
  for (const Header& line : headers) {
    if (!contains(left_out, role_of(line)) && !add_line(line)) return false;
  }
  return true;
}

}  // namespace sluice::http
