// SPDX-License-Identifier: Apache-2.0
// JTokens for the policies that make and read them.
#include <sluice/json_value.hpp>

#include "expression/library/json.hpp"

namespace sluice {

Result<Value> make_json_value(std::string_view json, RequestContext& context) {
  expression::Evaluation run(context.arena, &context, context.services.limits.expression);
  const Value text = run.text(json);  // Tokens refer to their text.
  const expression::JsonToken* token = run.failed() ? nullptr : expression::parse_json_text(run, text.as_string());
  if (token == nullptr || run.failed()) {
    return fail(ErrorCode::policy_value_invalid,
                run.raised != nullptr ? std::string(run.raised->message) : std::string("The text is no JSON."));
  }
  return Value::object(token);
}

std::optional<std::string> json_text_of(const Value& value, RequestContext& context) {
  if (!expression::is_json(value)) return std::nullopt;
  expression::Evaluation run(context.arena, &context, context.services.limits.expression);
  expression::ArenaText text(&run.arena);
  expression::write_json(run, text, static_cast<const expression::JsonToken*>(value.as_object()), false);
  if (run.failed()) return std::nullopt;
  return std::string(text);
}

}  // namespace sluice
