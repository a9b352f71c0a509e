// SPDX-License-Identifier: Apache-2.0
// <xsl-transform>: makes a new body of an XML body by a style sheet (XSLT 1.0), which is compiled with the pipeline.
// Sections: inbound, outbound, and on-error as the policy toolkit has it. All scopes.
// Source: API Management policy reference, xsl-transform; XSL Transformations (XSLT) 1.0.
#include <sluice/policy.hpp>

#include "base/current_message.hpp"
#include "base/media_type.hpp"
#include "base/xml_text.hpp"
#include "xslt/stylesheet.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr AttributeSpec parameter_attributes[] = {
    {.name = "name", .doc = "Name of the style sheet's parameter."},
    {.name = "parameter-name", .doc = "The same; the reference has both."}};
constexpr AttributeSpec sheet_attributes[] = {
    {.name = "version", .required = true, .doc = "Version of XSLT: 1.0."},
    {.name = "id", .doc = "Id of the element."},
    {.name = "exclude-result-prefixes", .doc = "Namespaces that the result does not declare."},
    {.name = "extension-element-prefixes", .doc = "Namespaces of extensions."},
    {.name = "xml:space", .one_of = "default preserve", .doc = "Whether white space in it counts."}};
constexpr ElementSpec children[] = {
    {.name = "parameter",
     .occurs = Occurs::many,
     .text = TextRule::expression,
     .attributes = parameter_attributes,
     .doc = "Value of an <xsl:param> of the style sheet, as text."},
    {.name = "xsl:stylesheet",
     .text = TextRule::markup,
     .attributes = sheet_attributes,
     .doc = "The style sheet. It may declare namespaces."},
    {.name = "xsl:transform", .text = TextRule::markup, .attributes = sheet_attributes, .doc = "The same."}};

struct Config {
  std::shared_ptr<const xslt::Stylesheet> sheet;
  std::vector<std::pair<std::string, Template>> parameters;
  bool on_request = false;
};

/// What the result is. A media type of the style sheet's own wins; XML stays the XML that it was.
std::string_view result_type(const xslt::TransformResult& result, std::string_view before) {
  if (!result.media_type.empty() && is_field_text(result.media_type)) return result.media_type;
  if (result.method == xslt::OutputMethod::html) return "text/html";
  if (result.method == xslt::OutputMethod::text) return "text/plain";
  return is_xml_type(before) ? std::string_view() : "application/xml";
}

class XslTransform final : public Step {
 public:
  explicit XslTransform(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    const auto message = parts::current_message(context, config_.on_request);
    if (message.is_empty()) return Outcome::next();
    auto done = transform(context, message);
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  Result<std::vector<xslt::Parameter>> values(RequestContext& context) const {
    std::vector<xslt::Parameter> result;
    for (const auto& [name, value] : config_.parameters) {
      const auto text = value.text(context);
      if (!text) return fail(text.error());
      if (!is_xml_text(*text)) {
        return fail(ErrorCode::policy_value_invalid,
                    "The parameter '" + name + "' holds a character that XML does not have.");
      }
      result.emplace_back(name, *text);
    }
    return result;
  }

  Result<void> transform(RequestContext& context, const parts::CurrentMessage& message) const {
    const auto parameters = values(context);
    if (!parameters) return fail(parameters.error());
    const Limits& limits = context.services.limits;
    const auto result = config_.sheet->transform(message.body.data(), *parameters,
                                                 {.content = limits.content,
                                                  .memory_bytes = limits.expression.memory_bytes,
                                                  .most_bytes = limits.request.buffered_body_bytes,
                                                  .too_large = message.too_large});
    if (!result) return fail(result.error());
    const std::string_view type = result_type(*result, message.headers.get("Content-Type"));
    if (!type.empty()) message.headers.set("Content-Type", type);
    return parts::put_body(context, message, result->text);
  }

  Config config_;
};

std::string start_tag(const PolicyElement& sheet) {
  std::string tag = "<" + sheet.name;
  for (const PolicyAttribute& attribute : sheet.attributes) {
    tag += " " + attribute.name + "=";
    append_xml_value(tag, attribute.value.text);
  }
  return tag + ">";
}

/// The element as if it stood `offset` bytes into its text.
PolicyElement element_at(const PolicyElement& sheet, std::size_t offset) {
  PolicyElement place = sheet;
  place.pos = sheet.text.pos;
  for (const char c : std::string_view(sheet.text.text).substr(0, offset)) {
    if (c == '\n') {
      ++place.pos.line;
      place.pos.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++place.pos.column;
    }
  }
  return place;
}

std::shared_ptr<const xslt::Stylesheet> compile_sheet(const PolicyElement& sheet, CompileContext& context) {
  const std::string tag = start_tag(sheet);
  std::vector<xslt::StylesheetFault> faults;
  auto compiled = xslt::Stylesheet::compile(tag + sheet.text.text + "</" + sheet.name + ">", faults);
  for (const xslt::StylesheetFault& fault : faults) {
    const bool is_inside = fault.offset >= tag.size() && fault.offset - tag.size() < sheet.text.text.size();
    context.error(is_inside ? element_at(sheet, fault.offset - tag.size()) : sheet, "SL3103",
                  "the style sheet cannot be used: " + fault.message);
  }
  return compiled;
}

std::string parameter_name(const PolicyElement& parameter, CompileContext& context) {
  const bool has_both = parameter.has("name") && parameter.has("parameter-name");
  const std::string name = context.literal(parameter, parameter.has("name") ? "name" : "parameter-name");
  if (has_both || name.empty()) {
    context.error(parameter, "SL2115", "<parameter> needs exactly one of 'name' and 'parameter-name'");
  } else if (encode_xml_name(name, false) != name) {
    context.error(parameter, "SL2106", "the name of a <parameter> must be a name of XSLT, found '" + name + "'");
  }
  return name;
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.on_request = parts::works_on_request(context.section());
  const PolicyElement* sheet = nullptr;
  for (const PolicyElement& child : element.children) {
    if (child.name == "parameter") {
      std::string name = parameter_name(child, context);
      const auto is_same = [&](const auto& known) { return known.first == name; };
      if (std::any_of(config.parameters.begin(), config.parameters.end(), is_same)) {
        context.error(child, "SL2111", "<xsl-transform> takes one <parameter> of the name '" + name + "' only");
      }
      config.parameters.emplace_back(std::move(name), context.text(child));
    } else if (sheet != nullptr) {
      context.error(child, "SL2111", "<xsl-transform> takes one style sheet only");
    } else {
      sheet = &child;
    }
  }
  context.needs(parts::reads_current_body(context.section()));
  if (sheet == nullptr) {
    context.error(element, "SL2110", "<xsl-transform> needs a child <xsl:stylesheet>");
    return nullptr;
  }
  config.sheet = compile_sheet(*sheet, context);
  if (config.sheet == nullptr) return nullptr;
  return make_step<XslTransform>(std::move(config));
}

}  // namespace

SLUICE_POLICY(xsl_transform){
    .elements = "xsl-transform",
    .sections = Sections::inbound | Sections::outbound | Sections::on_error,
    .children = children,
    .compile = compile,
    .summary = "Makes a new body of an XML body by a style sheet.",
    .differs =
        "Style sheets are XSLT 1.0 without extensions, and read no other document: xsl:import and xsl:include are "
        "refused. The Content-Type becomes the media-type of xsl:output, or follows its method. An empty body stays as "
        "it is."};

}  // namespace sluice::policies
