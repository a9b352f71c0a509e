// SPDX-License-Identifier: Apache-2.0
// <rewrite-uri>: gives the request another path and query, relative to the backend's base URL.
// Sections: inbound. All scopes.
// Source: API Management policy reference, rewrite-uri.
#include <sluice/policy.hpp>

#include "base/query_edit.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "base/url_template.hpp"

#include <algorithm>
#include <string>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "template",
     .required = true,
     .expressions = true,
     .doc = "New path and query; {name} is replaced by the parameter of that name of the operation's URL template."},
    {.name = "copy-unmatched-params",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "true",
     .doc = "Whether query parameters that the operation's URL template does not name are added to the new URL."}};

struct Config {
  Template url;
  std::optional<UrlTemplate> constant_url;  ///< When every request has the same.
  Template copy_unmatched;
};

const MatchedParameter* matched_parameter(const RequestContext& context, std::string_view name) {
  for (const MatchedParameter& parameter : context.matched_parameters) {
    if (same_text(parameter.name, name)) return &parameter;
  }
  return nullptr;
}

bool has_slash(std::string_view text) { return std::find(text.begin(), text.end(), '/') != text.end(); }

bool is_wildcard(const Operation* operation, std::string_view name) {
  if (operation == nullptr) return false;
  const auto parameters = template_parameters(operation->url_template);
  return std::any_of(parameters.begin(), parameters.end(),
                     [&](const TemplateParameter& p) { return p.is_wildcard && p.name == name; });
}

/// The parameters of the present query that the operation's template does not name, byte for byte.
std::string_view unmatched_query(RequestContext& context) {
  if (context.target.query.empty()) return {};
  const std::string_view known = context.operation != nullptr ? context.operation->url_template : std::string_view();
  if (known.find('?') == std::string_view::npos) return context.target.query;
  std::string_view rest;
  QueryReader reader(context.target.query);
  while (const auto item = reader.next()) {
    if (template_names_query(known, percent_decode(item->name, context.arena, true), context.arena)) continue;
    const std::string_view raw(item->name.data(), item->name.size() + (item->has_value ? 1 + item->value.size() : 0));
    rest = join_queries(rest, raw, context.arena);
  }
  return rest;
}

class RewriteUri final : public Step {
 public:
  explicit RewriteUri(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    auto done = rewrite(context);
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  Result<void> rewrite(RequestContext& context) const {
    const auto filled = fill(context);
    if (!filled) return fail(filled.error());
    const auto copies = config_.copy_unmatched.boolean(context);
    if (!copies) return fail(copies.error());
    const std::string_view rest = *copies ? unmatched_query(context) : std::string_view();
    context.target.path = filled->path;
    context.target.query = join_queries(filled->query, rest, context.arena);
    return {};
  }

  Result<FilledTemplate> fill(RequestContext& context) const {
    if (config_.constant_url) return fill(context, *config_.constant_url);
    const auto text = config_.url.text(context);
    if (!text) return fail(text.error());
    return fill(context, UrlTemplate(*text));
  }

  static Result<FilledTemplate> fill(RequestContext& context, const UrlTemplate& url) {
    const auto parameters = url.parameters();
    const auto values = context.arena.make_array<TemplateValue>(parameters.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string& name = parameters[i].name;
      const MatchedParameter* const matched = matched_parameter(context, name);
      if (matched == nullptr) {
        return fail(ErrorCode::policy_value_invalid,
                    "The request has no parameter '" + name + "' for the URL template.");
      }
      const std::string_view value = matched->value;
      values[i].text = value;
      values[i].is_unreserved = is_unreserved(value);
      // Few values have a slash, so that nobody has to know of them.
      if (!values[i].is_unreserved && has_slash(value)) values[i].keeps_slashes = is_wildcard(context.operation, name);
    }
    return url.fill(values, context.arena);
  }

  Config config_;
};

/// In an operation's own document the names of a literal template can be checked at once.
void check_names(const PolicyElement& element, const Config& config, CompileContext& context) {
  const auto text = config.url.constant_text();
  if (!text || context.scope() != Scope::operation || context.operation() == nullptr) return;
  const auto known = template_parameters(context.operation()->url_template);
  for (const TemplateParameter& wanted : template_parameters(*text)) {
    if (std::any_of(known.begin(), known.end(), [&](const TemplateParameter& p) { return p.name == wanted.name; }))
      continue;
    context.error(*element.attribute("template"), "SL2106",
                  "the template of <rewrite-uri> names {" + std::string(wanted.name) +
                      "}, which the operation's URL template '" + context.operation()->url_template +
                      "' does not have");
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "template"), {}, context.value(element, "copy-unmatched-params")};
  if (const auto text = config.url.constant_text()) config.constant_url.emplace(*text);
  check_names(element, config, context);
  return make_step<RewriteUri>(std::move(config));
}

}  // namespace

SLUICE_POLICY(rewrite_uri){
    .elements = "rewrite-uri",
    .sections = Sections::inbound,
    .attributes = attributes,
    .compile = compile,
    .summary = "Gives the request another path and query.",
    .differs =
        "Names of a literal template are checked against the operation when the document is the operation's own; "
        "elsewhere a name that the operation lacks is an error when the policy runs."};

}  // namespace sluice::policies
