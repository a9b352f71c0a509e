// SPDX-License-Identifier: Apache-2.0
#include "liquid/rendering.hpp"

#include "base/text.hpp"
#include "expression/library/body_text.hpp"
#include "expression/library/json.hpp"
#include "expression/library/xml.hpp"

namespace sluice::liquid {
namespace {

constexpr HeaderName content_type("Content-Type");

enum class Language : std::uint8_t { other, json, xml };

/// Source: API Management policy reference, set-body: media types that are bound.
Language language_of(std::string_view media_type) {
  const std::string name = to_lower(trim(media_type.substr(0, media_type.find(';'))));
  if (name == "application/json" || name == "text/json" || name.ends_with("+json")) return Language::json;
  if (name == "application/xml" || name == "text/xml" || name.ends_with("+xml")) return Language::xml;
  return Language::other;
}

}  // namespace

Rendering::Rendering(Evaluation& evaluation, const LiquidOptions& of_template, std::size_t slots, std::size_t cursors)
    : run(evaluation),
      options(of_template),
      own_(&evaluation.arena),
      slots_(evaluation.make_array<Slot>(slots)),
      cursors_(evaluation.make_array<std::uint32_t>(cursors)) {}

/// Takes what is to be written from the budgets. What is captured counts as well: it is written, and written again.
bool Rendering::admit(std::size_t bytes) {
  written_ += bytes;
  if (written_ > options.limits.output_bytes) run.exhaust("output bytes");
  return !run.failed() && run.charge(bytes / 64 + 1);
}

bool Rendering::write(std::string_view text) {
  if (!admit(text.size())) return false;
  output_->append(text);
  return true;
}

bool Rendering::insert(std::size_t place, std::string_view text) {
  if (!admit(text.size())) return false;
  output_->insert(place, text);
  return true;
}

bool Rendering::write(const Value& value) {
  const std::string_view text = shown_text(run, value);
  return !run.failed() && write(text);
}

Value Rendering::body() {
  if (!body_) body_ = read_body();
  return *body_;
}

Value Rendering::read_body() {
  if (options.body == LiquidBody::none) return {};
  RequestContext& context = *run.context;
  const bool of_request = options.body == LiquidBody::request;
  const Headers& headers = of_request ? context.request.headers : context.response.headers;
  const Body& body = of_request ? context.request.body : context.response.body;
  const Language language = language_of(headers.get(content_type));
  if (language == Language::other || body.is_none()) return {};
  if (body.consumed() && !context.services.behaviour.tolerate_consumed_body) {
    return run.raise(expression::Fault::body, "The message body was read before and not preserved.");
  }
  const std::string_view text = expression::body_text(context.arena, headers, body.data());
  if (trim(text).empty() || !run.charge(text.size() / 64)) return {};
  if (language == Language::xml) return expression::xml_value(expression::read_xml(run, text, false));
  const auto dates = options.parse_dates ? expression::JsonDates::read : expression::JsonDates::keep_text;
  const expression::JsonToken* token = expression::parse_json_text(run, text, dates);
  return token == nullptr ? Value() : Value::object(token);
}

}  // namespace sluice::liquid
