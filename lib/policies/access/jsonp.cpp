// SPDX-License-Identifier: Apache-2.0
// <jsonp>: answers a caller who names a callback with JSON as a call of it.   Sections: outbound. All scopes.
// Only such an answer is read into memory; every other one streams past.
// Source: API Management policy reference, jsonp; ECMA-262 for names; RFC 9239 for the media type.
#include <sluice/policy.hpp>

#include "base/current_message.hpp"
#include "base/media_type.hpp"
#include "base/url.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr std::size_t longest_callback = 256;

constexpr AttributeSpec attributes[] = {{.name = "callback-parameter-name",
                                         .required = true,
                                         .expressions = true,
                                         .doc = "Query parameter that names the function to be called."}};

/// Words that are no names. **Source**: ECMA-262 section 12.7.2, and `await`, `let`, `static` of strict code.
constexpr std::string_view reserved_words[] = {
    "await",  "break", "case",       "catch",  "class",   "const", "continue", "debugger", "default",  "delete",
    "do",     "else",  "enum",       "export", "extends", "false", "finally",  "for",      "function", "if",
    "import", "in",    "instanceof", "let",    "new",     "null",  "return",   "static",   "super",    "switch",
    "this",   "throw", "true",       "try",    "typeof",  "var",   "void",     "while",    "with",     "yield"};

bool is_identifier(std::string_view text) {
  const auto in_name = [](char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '$'; };
  if (text.empty() || is_digit(text[0]) || !std::all_of(text.begin(), text.end(), in_name)) return false;
  return std::find(std::begin(reserved_words), std::end(reserved_words), text) == std::end(reserved_words);
}

/// A name, or names joined by dots (`angular.callbacks._0`).
bool is_callback(std::string_view text) {
  if (text.size() > longest_callback) return false;
  const auto names = split(text, '.');
  return std::all_of(names.begin(), names.end(), is_identifier);
}

/// JSON as an expression of JavaScript: two characters may stand in its strings that once ended a line in scripts.
std::string call_of(std::string_view callback, std::string_view json) {
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  std::string text = std::string(callback) + "(";
  for (std::size_t at = json.find("\xE2\x80"); at != std::string_view::npos; at = json.find("\xE2\x80")) {
    const char last = at + 2 < json.size() ? json[at + 2] : '\0';
    const bool is_line_end = last == '\xA8' || last == '\xA9';
    text.append(json.substr(0, at));
    text.append(is_line_end ? (last == '\xA8' ? "\\u2028" : "\\u2029") : "\xE2\x80");
    json.remove_prefix(at + (is_line_end ? 3 : 2));
  }
  return text.append(json).append(");");
}

class Jsonp final : public WaitingStep {
 public:
  explicit Jsonp(Template parameter) : parameter_(std::move(parameter)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    const auto parameter = parameter_.text(context);
    if (!parameter) co_return Outcome::fail(parameter.error());
    const auto callback = query_value(context.request.url.query, *parameter, context.arena);
    if (!callback || callback->empty()) co_return Outcome::next();
    if (!is_callback(*callback)) {
      co_return Outcome::fail(
          Error(ErrorCode::callback_parameter_invalid,
                "Value of callback parameter " + std::string(*parameter) + " is not a valid JavaScript identifier."));
    }
    Response& response = context.response;
    const std::string_view type = response.headers.get("Content-Type");
    if (response.body.is_none() || (!type.empty() && !is_json_type(type))) co_return Outcome::next();
    const auto message = parts::current_message(context, false);
    auto read = co_await buffer_body(response.body, context.arena, context.services.limits.request.buffered_body_bytes,
                                     message.too_large);
    if (!read) co_return Outcome::fail(std::move(read.error()));
    auto done = parts::put_body(context, message, call_of(*callback, response.body.data()));
    if (!done) co_return Outcome::fail(std::move(done.error()));
    response.headers.set("Content-Type", "text/javascript; charset=utf-8");
    co_return Outcome::next();
  }

 private:
  Template parameter_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<Jsonp>(context.value(element, "callback-parameter-name"));
}

}  // namespace

SLUICE_POLICY(jsonp){
    .elements = "jsonp",
    .sections = Sections::outbound,
    .attributes = attributes,
    .compile = compile,
    .summary = "Answers a caller who names a callback with JSON as a call of it.",
    .differs =
        "Callbacks are names of ASCII letters, digits, _ and $, which may be joined by dots. An answer that says it is "
        "something else than JSON stays as it is. The answer's type is text/javascript, which is not documented."};

}  // namespace sluice::policies
