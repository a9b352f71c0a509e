// SPDX-License-Identifier: Apache-2.0
#include "http/h2_request_head.hpp"

#include "base/characters.hpp"
#include "base/url.hpp"

namespace sluice::http {
namespace {

enum Pseudo : std::uint8_t { method = 1, scheme = 2, authority = 4, path = 8 };

constexpr auto path_bytes = detail::make_table([](unsigned char c) { return target_bytes[c] && c != '#'; });

bool is_good_path(std::string_view text) {
  return text == "*" || (!text.empty() && text.front() == '/' && all_in(text, path_bytes));
}

tl::unexpected<Refusal> refuse_malformed() { return tl::unexpected<Refusal>(H2RequestHead::malformed); }

}  // namespace

H2RequestHead::H2RequestHead(Request& request, const HeadRules& rules)
    : request_(request), rules_(rules), fields_(request.arena, request_bounds(rules.limits)) {}

H2FieldSection::Outcome H2RequestHead::add(std::string_view name, std::string_view value, bool is_never_indexed) {
  if (name.substr(0, 1) == ":") return add_pseudo(name, value);
  has_regular_ = true;
  return fields_.add(name, value, is_never_indexed);
}

H2FieldSection::Outcome H2RequestHead::add_pseudo(std::string_view name, std::string_view value) {
  if (fields_.count(name, value) == Outcome::too_large) return Outcome::too_large;
  struct Field {
    std::string_view name;
    Pseudo bit;
    std::string_view H2RequestHead::*text;
  };
  static constexpr Field known[] = {{":method", method, &H2RequestHead::method_},
                                    {":scheme", scheme, &H2RequestHead::scheme_},
                                    {":authority", authority, &H2RequestHead::authority_},
                                    {":path", path, &H2RequestHead::path_}};
  for (const Field& field : known) {
    if (field.name != name) continue;
    if (has_regular_ || (seen_ & field.bit) != 0) return Outcome::malformed;
    seen_ |= field.bit;
    this->*field.text = request_.arena.copy(value);
    return Outcome::taken;
  }
  return Outcome::malformed;
}

bool H2RequestHead::has_good_parts() const {
  if ((seen_ & method) == 0 || method_.empty() || !all_in(method_, token_bytes)) return false;
  if ((seen_ & authority) != 0 && !is_valid_authority(authority_)) return false;
  if (method_ == "CONNECT") return seen_ == (method | authority);
  if ((seen_ & scheme) == 0 || (seen_ & path) == 0) return false;
  return (equal_ignoring_case(scheme_, "http") || equal_ignoring_case(scheme_, "https")) && is_good_path(path_);
}

/// Looks at Host and Content-Length. A request with `:authority` alone gets it as Host.
bool H2RequestHead::has_good_lines(HeadLines& lines, bool body_follows) {
  const Header* host = nullptr;
  std::optional<std::uint64_t> length;
  for (const Header& line : lines.lines) {
    const FieldRole role = role_of(line);
    if (role == FieldRole::host) {
      if (host != nullptr || !is_valid_authority(line.value)) return false;
      if ((seen_ & authority) != 0 && !equal_ignoring_case(line.value, authority_)) return false;
      host = &line;
    }
    if (role == FieldRole::content_length) {
      const auto number = read_content_length(line.value);
      if (!number || (*number != 0 && !body_follows) || (length && length != number)) return false;
      length = number;
    }
  }
  if (host != nullptr) return true;
  if ((seen_ & authority) == 0) return false;
  fields_.keep("host", authority_);
  lines = fields_.finish();
  return true;
}

Checked<RequestFraming> H2RequestHead::finish(bool body_follows, std::string_view peer) {
  if (!has_good_parts()) return refuse_malformed();
  HeadLines lines = fields_.finish();
  if (!has_good_lines(lines, body_follows)) return refuse_malformed();
  if (method_.size() + path_.size() > rules_.limits.request_line_bytes) {
    return refuse(414, "The request line is too long.");
  }
  return take_request(lines, {method_, path_, false}, body_follows, rules_, peer, request_);
}

}  // namespace sluice::http
