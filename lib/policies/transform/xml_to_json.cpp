// SPDX-License-Identifier: Apache-2.0
// <xml-to-json>: makes JSON of an XML body.   Sections and scopes: all.
// Source: API Management policy reference, xml-to-json; Json.NET for `direct`.
#include <sluice/policy.hpp>

#include "base/current_message.hpp"
#include "base/media_type.hpp"
#include "base/xml_to_json.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view kinds = "direct javascript-friendly";
constexpr std::string_view apply_words = "always content-type-xml";

constexpr AttributeSpec attributes[] = {
    {.name = "kind",
     .required = true,
     .expressions = true,
     .one_of = kinds,
     .doc = "Whether the JSON mirrors the XML, or looks as JavaScript would have it."},
    {.name = "apply",
     .required = true,
     .expressions = true,
     .one_of = apply_words,
     .doc = "Whether every body is converted, or one whose Content-Type is XML."},
    {.name = "consider-accept-header",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "true",
     .doc = "Whether to convert only when the request's Accept names JSON."},
    {.name = "always-array-child-elements",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether elements inside others are arrays even when there is only one of a name."}};

struct Config {
  Template kind, apply, considers_accept, always_arrays;
  bool on_request = false;
};

class XmlToJson final : public Step {
 public:
  explicit XmlToJson(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    auto done = convert(context);
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  Result<bool> applies(RequestContext& context, const parts::CurrentMessage& message) const {
    const auto apply = config_.apply.choice(context, apply_words);
    if (!apply) return fail(apply.error());
    const auto considers_accept = config_.considers_accept.boolean(context);
    if (!considers_accept) return fail(considers_accept.error());
    if (message.is_empty()) return false;
    if (*apply == 1 && !is_xml_type(message.headers.get("Content-Type"))) return false;
    return !*considers_accept || accepts(context.request.headers, &is_json_type);
  }

  Result<void> convert(RequestContext& context) const {
    const auto message = parts::current_message(context, config_.on_request);
    const auto applied = applies(context, message);
    if (!applied) return fail(applied.error());
    const auto kind = config_.kind.choice(context, kinds);
    if (!kind) return fail(kind.error());
    const auto always_arrays = config_.always_arrays.boolean(context);
    if (!always_arrays) return fail(always_arrays.error());
    if (!*applied) return {};
    const Limits& limits = context.services.limits;
    const auto json =
        xml_to_json(message.body.data(), {.kind = *kind == 0 ? XmlToJsonKind::direct : XmlToJsonKind::friendly,
                                          .always_arrays = *always_arrays,
                                          .limits = limits.content,
                                          .most_bytes = limits.request.buffered_body_bytes,
                                          .too_large = message.too_large});
    if (!json) return fail(json.error());
    message.headers.set("Content-Type", "application/json");
    return parts::put_body(context, message, *json);
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  context.needs(parts::reads_current_body(context.section()));
  return make_step<XmlToJson>(Config{
      context.value(element, "kind"), context.value(element, "apply"), context.value(element, "consider-accept-header"),
      context.value(element, "always-array-child-elements"), parts::works_on_request(context.section())});
}

}  // namespace

SLUICE_POLICY(xml_to_json){
    .elements = "xml-to-json",
    .sections = Sections::all,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = attributes,
    .compile = compile,
    .summary = "Makes JSON of an XML body.",
    .differs =
        "The mapping is not published. direct is that of Json.NET, without comments. javascript-friendly: attributes "
        "are members like elements, names have no prefixes, text beside other things is $text, xsi:nil is null, and "
        "declarations, instructions and comments are left out. The root element is never made an array. An empty body "
        "stays as it is. Accept counts when it names a JSON type; */* does not. Document types are refused."};

}  // namespace sluice::policies
