// SPDX-License-Identifier: Apache-2.0
#include "identity/token_answer.hpp"

#include "base/head_syntax.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <cmath>

namespace sluice::identity {
namespace {

constexpr int ok = 200;

tl::unexpected<Error> unavailable(std::string_view why) {
  return fail(ErrorCode::access_token_unavailable, "No access token: " + std::string(why) + ".");
}

/// A number of seconds, which some services write as a text.
std::optional<std::int64_t> seconds_of(const JsonValue* value) {
  constexpr double most = 253'402'300'800.0;  // the year 10000
  if (value == nullptr) return std::nullopt;
  const auto number = value->is_string() ? parse_double(value->text) : value->number();
  if (!number || !(*number >= 0 && *number < most)) return std::nullopt;
  return static_cast<std::int64_t>(std::floor(*number));
}

WallTime expiry_of(const JsonValue& answer, WallTime now) {
  if (const auto at = seconds_of(answer.find("expires_on"))) return WallTime(std::chrono::seconds(*at));
  if (const auto in = seconds_of(answer.find("expires_in"))) return now + std::chrono::seconds(*in);
  return now + unstated_lifetime;
}

/// Everything plain but the tokens.
std::string claims_of(const JsonValue& answer) {
  JsonWriter writer;
  writer.begin_object();
  for (const JsonMember& member : answer.members) {
    const bool is_token = member.name == "access_token" || member.name == "refresh_token" || member.name == "id_token";
    if (is_token || member.value.is_object() || member.value.is_array()) continue;
    writer.key(member.name);
    switch (member.value.kind) {
      case JsonKind::string: writer.value(member.value.text); break;
      case JsonKind::number: writer.raw(member.value.text); break;
      case JsonKind::boolean: writer.value(member.value.truth); break;
      default: writer.null(); break;
    }
  }
  writer.end_object();
  return std::move(writer).take();
}

/// The provider's own word for what is wrong, when it is one of RFC 6749's form: short, and without secrets.
std::string refusal_of(const JsonValue* answer, int status) {
  constexpr std::size_t longest = 64;
  std::string why = "the provider answered with status " + std::to_string(status);
  const JsonValue* error = answer != nullptr ? answer->find("error") : nullptr;
  if (error != nullptr && error->is_string() && error->text.size() <= longest && is_token(error->text))
    why += " (" + std::string(error->text) + ")";
  return why;
}

}  // namespace

Result<TokenAnswer> read_token_answer(const Reply& reply, WallTime now) {
  Arena arena;
  const auto parsed = parse_json(reply.body, arena);
  const JsonValue* answer = parsed && (*parsed)->is_object() ? *parsed : nullptr;
  if (reply.status != ok) return unavailable(refusal_of(answer, reply.status));
  const JsonValue* token = answer != nullptr ? answer->find("access_token") : nullptr;
  if (token == nullptr || !token->is_string() || token->text.empty() || !is_field_text(token->text))
    return unavailable("the provider's answer holds none");
  return TokenAnswer{std::string(token->text), claims_of(*answer), expiry_of(*answer, now)};
}

Move decide_token(const Knowledge<TokenAnswer>& known, Clock& clock) {
  const bool failed_lately = known.error && clock.steady_now() < known.failed + token_retry;
  const WallTime now = clock.now();
  if (known.value == nullptr || now + least_lifetime >= known.value->expires)
    return failed_lately ? Move::fail : Move::fetch;
  return now + renewal_time < known.value->expires || failed_lately ? Move::use : Move::refresh;
}

}  // namespace sluice::identity
