// SPDX-License-Identifier: Apache-2.0
// <json-to-xml>: makes XML of a JSON body.   Sections and scopes: all.
// Source: API Management policy reference, json-to-xml; Json.NET for the mapping.
#include <sluice/policy.hpp>

#include "base/current_message.hpp"
#include "base/json_to_xml.hpp"
#include "base/media_type.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view apply_words = "always content-type-json";

constexpr AttributeSpec attributes[] = {
    {.name = "apply",
     .required = true,
     .expressions = true,
     .one_of = apply_words,
     .doc = "Whether every body is converted, or one whose Content-Type is JSON."},
    {.name = "consider-accept-header",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "true",
     .doc = "Whether to convert only when the request's Accept names XML."},
    {.name = "parse-date",
     .type = ValueType::boolean,
     .fallback = "true",
     .doc = "Whether texts that are dates are written as XML writes dates; otherwise as they are."},
    {.name = "namespace-separator",
     .expressions = true,
     .fallback = "_",
     .doc = "Character between prefix and name in names of members."},
    {.name = "namespace-prefix",
     .expressions = true,
     .doc = "Members whose names begin with it (usually xmlns) declare namespaces."},
    {.name = "attribute-block-name",
     .expressions = true,
     .doc = "Name of the member whose members become attributes (such as #attrs)."}};

struct Config {
  Template apply, considers_accept, separator, prefix, block;
  bool parses_dates = true;
  bool on_request = false;
};

class JsonToXml final : public Step {
 public:
  explicit JsonToXml(Config config) : config_(std::move(config)) {}

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
    if (*apply == 1 && !is_json_type(message.headers.get("Content-Type"))) return false;
    return !*considers_accept || accepts(context.request.headers, &is_xml_type);
  }

  /// The names that the mapping looks for.
  Result<void> read_names(RequestContext& context, JsonToXmlOptions& options) const {
    const auto separator = config_.separator.text(context);
    if (!separator) return fail(separator.error());
    const auto prefix = config_.prefix.text(context);
    if (!prefix) return fail(prefix.error());
    const auto block = config_.block.text(context);
    if (!block) return fail(block.error());
    if (separator->empty() || utf8_sequence_length(*separator) != separator->size())
      return fail(ErrorCode::policy_value_invalid, "The namespace separator must be one character.");
    options.namespace_separator = *separator;
    options.namespace_prefix = *prefix;
    options.attribute_block_name = *block;
    return {};
  }

  Result<void> convert(RequestContext& context) const {
    const auto message = parts::current_message(context, config_.on_request);
    const auto applied = applies(context, message);
    if (!applied) return fail(applied.error());
    const Limits& limits = context.services.limits;
    JsonToXmlOptions options;
    options.parses_dates = config_.parses_dates;
    options.limits = limits.content;
    options.most_bytes = limits.request.buffered_body_bytes;
    options.too_large = message.too_large;
    auto named = read_names(context, options);
    if (!named || !*applied) return named;
    const auto xml = json_to_xml(message.body.data(), context.arena, options);
    if (!xml) return fail(xml.error());
    message.headers.set("Content-Type", "application/xml");
    return parts::put_body(context, message, *xml);
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "apply"),
                context.value(element, "consider-accept-header"),
                context.value(element, "namespace-separator"),
                context.value(element, "namespace-prefix"),
                context.value(element, "attribute-block-name"),
                context.literal_boolean(element, "parse-date"),
                parts::works_on_request(context.section())};
  const auto separator = config.separator.constant_text();
  if (separator && !parts::has_placeholder(*separator) &&
      (separator->empty() || utf8_sequence_length(*separator) != separator->size())) {
    context.error(element, "SL2106",
                  "attribute 'namespace-separator' of <json-to-xml> must be one character, found '" + *separator + "'");
  }
  context.needs(parts::reads_current_body(context.section()));
  return make_step<JsonToXml>(std::move(config));
}

}  // namespace

SLUICE_POLICY(json_to_xml){
    .elements = "json-to-xml",
    .sections = Sections::all,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = attributes,
    .compile = compile,
    .summary = "Makes XML of a JSON body.",
    .differs =
        "The mapping is that of Json.NET; where that refuses a body because it is not one element (several members, an "
        "array, a plain value), <Document> stands round it. A prefix is one where it is declared: with the default "
        "separator first_name stays a name. Numbers are written as they stand in the JSON. An empty body stays as it "
        "is. The Content-Type is application/xml, which is not documented. Accept counts when it names an XML type."};

}  // namespace sluice::policies
