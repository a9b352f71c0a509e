// SPDX-License-Identifier: Apache-2.0
#include "base/jwt.hpp"

#include "base/base64url.hpp"
#include "base/text.hpp"
#include "base/write_json.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

/// Whether no object has a member of the same name twice. As deep as the parser went.
bool has_unique_members(const JsonValue& value) {
  std::vector<std::string_view> names;
  names.reserve(value.members.size());
  for (const JsonMember& member : value.members) {
    if (!has_unique_members(member.value)) return false;
    names.push_back(member.name);
  }
  for (const JsonValue& item : value.items) {
    if (!has_unique_members(item)) return false;
  }
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

std::string_view text_of(const JsonValue& value, Arena& arena) {
  if (value.is_string() || value.is_number()) return value.text;
  JsonWriter writer;
  write_json(value, writer);
  return arena.copy(writer.text());
}

tl::unexpected<Error> invalid(std::string_view what) {
  return fail(ErrorCode::jwt_invalid, "The token is not valid: " + std::string(what) + ".");
}

}  // namespace

const JsonValue* parse_jwt_json(std::string_view text, Arena& arena) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) return nullptr;
  const auto parsed = parse_json(text, arena, jwt_json);
  return parsed && (*parsed)->is_object() && has_unique_members(**parsed) ? *parsed : nullptr;
}

Result<Jwt> parse_jwt(std::string_view text, Arena& arena, std::size_t most_bytes) {
  if (text.size() > most_bytes) return invalid("it has more than " + std::to_string(most_bytes) + " bytes");
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
    return invalid("it does not have three parts");
  const auto header = decode_base64url(text.substr(0, first));
  const auto payload = decode_base64url(text.substr(first + 1, second - first - 1));
  const auto signature = decode_base64url(text.substr(second + 1));
  if (!header || !payload || !signature) return invalid("its parts are not in base64url");
  Jwt token;
  token.header_text = arena.copy(*header);
  token.header = parse_jwt_json(token.header_text, arena);
  if (token.header == nullptr) return invalid("its header cannot be read");
  token.payload_text = arena.copy(*payload);
  token.payload = parse_jwt_json(token.payload_text, arena);
  if (token.payload == nullptr) return invalid("its payload cannot be read");
  token.signed_text = text.substr(0, second);
  token.signature = arena.copy(*signature);
  return token;
}

std::vector<std::string_view> claim_texts(const JsonValue& claim, Arena& arena) {
  std::vector<std::string_view> texts;
  if (!claim.is_array()) return {text_of(claim, arena)};
  texts.reserve(claim.items.size());
  for (const JsonValue& item : claim.items) texts.push_back(text_of(item, arena));
  return texts;
}

std::optional<std::string_view> claim_text(const JsonValue& claim, Arena& arena) {
  if (!claim.is_array()) return text_of(claim, arena);
  if (claim.items.empty()) return std::nullopt;
  return text_of(claim.items.front(), arena);
}

std::optional<std::chrono::sys_seconds> claim_time(const JsonValue& claim) {
  constexpr double first = -62'135'596'800.0, behind_last = 253'402'300'800.0;  // the years 1 to 9999
  const auto seconds = claim.number();
  if (!seconds || !(*seconds >= first && *seconds < behind_last)) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(std::floor(*seconds))));
}

Result<void> check_times(const JsonValue& payload, const TimeRule& rule) {
  const JsonValue* expires = payload.find("exp");
  if (expires == nullptr && rule.requires_expiration) return invalid("it has no expiration time");
  for (const std::string_view name : {"exp", "nbf", "iat"}) {
    const JsonValue* claim = payload.find(name);
    if (claim != nullptr && !claim_time(*claim)) return invalid("its '" + std::string(name) + "' is no time");
  }
  if (expires != nullptr && rule.now >= *claim_time(*expires) + rule.skew)
    return fail(ErrorCode::token_expired, "The token has expired. Access denied.");
  const JsonValue* begins = payload.find("nbf");
  if (begins != nullptr && rule.now + rule.skew < *claim_time(*begins)) return invalid("it is not valid yet");
  return {};
}

}  // namespace sluice
