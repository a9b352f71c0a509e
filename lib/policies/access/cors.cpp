// SPDX-License-Identifier: Apache-2.0
// <cors>: lets web pages of other origins call the API: answers preflights and marks answers.
// Sections: inbound, directly. All scopes.
// A preflight (OPTIONS with Origin and Access-Control-Request-Method that no operation of the API matches) comes here
// alone, see PolicyDescriptor::answers_preflight; every other request passes in the ordinary way.
// Source: API Management policy reference, cors; the Fetch standard, section 3.2 (CORS protocol).
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"
#include "base/url.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace sluice::policies {
namespace {

/// Longest Access-Control-Max-Age, in seconds; browsers cap it far below.
constexpr std::int64_t max_age_seconds = INT32_MAX;

constexpr AttributeSpec attributes[] = {
    {.name = "allow-credentials",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether pages may send cookies and the like: Access-Control-Allow-Credentials."},
    {.name = "terminate-unmatched-request",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "true",
     .doc = "Whether a preflight, GET or HEAD of an origin that is not allowed ends here with an empty 200."}};

constexpr AttributeSpec methods_attributes[] = {{.name = "preflight-result-max-age",
                                                 .type = ValueType::integer,
                                                 .expressions = true,
                                                 .fallback = "0",
                                                 .min = 0,
                                                 .max = max_age_seconds,
                                                 .doc = "Seconds a browser may remember the preflight's answer."}};

constexpr ElementSpec origin_child[] = {{.name = "origin",
                                         .occurs = Occurs::at_least_once,
                                         .text = TextRule::expression,
                                         .doc = "`*`, or scheme://host[:port]."}};
constexpr ElementSpec method_child[] = {
    {.name = "method", .occurs = Occurs::many, .text = TextRule::expression, .doc = "`*`, or an HTTP method."}};
constexpr ElementSpec header_child[] = {
    {.name = "header", .occurs = Occurs::many, .text = TextRule::expression, .doc = "`*`, or a header name."}};

constexpr ElementSpec children[] = {
    {.name = "allowed-origins", .occurs = Occurs::once, .children = origin_child, .doc = "Origins that may call."},
    {.name = "allowed-methods",
     .occurs = Occurs::optional,
     .attributes = methods_attributes,
     .children = method_child,
     .doc = "Methods they may use; GET and POST when absent."},
    {.name = "allowed-headers", .occurs = Occurs::optional, .children = header_child, .doc = "Headers they may send."},
    {.name = "expose-headers", .occurs = Occurs::optional, .children = header_child, .doc = "Headers they may read."}};

struct Config {
  Template allow_credentials, terminate_unmatched, max_age;
  std::vector<Template> origins, methods, headers, exposed;
};

/// An origin in comparable form: scheme, host and the port that counts. Other texts (`null`) compare as they stand.
std::string comparable(std::string_view origin, Arena& arena) {
  while (origin.ends_with('/')) origin.remove_suffix(1);
  const auto url = parse_url(origin, arena);
  if (!url || url->path != "/" || !url->query.empty()) return to_lower(origin);
  return std::string(url->scheme) + "://" + std::string(url->host) + ":" + std::to_string(url->effective_port());
}

Result<std::vector<std::string_view>> list(const std::vector<Template>& values, RequestContext& context) {
  const auto found = parts::texts(values, context);
  if (!found) return fail(found.error());
  std::vector<std::string_view> result;
  for (std::string_view text : *found) {
    if (!is_field_text(text)) {
      return fail(ErrorCode::policy_value_invalid, "A value of cors holds characters that a header may not hold.");
    }
    result.push_back(trim(text));
  }
  return result;
}

bool has_star(const std::vector<std::string_view>& values) {
  return std::find(values.begin(), values.end(), "*") != values.end();
}

std::string_view joined(const std::vector<std::string_view>& values, Arena& arena) {
  std::string_view all;
  for (std::string_view value : values) all = all.empty() ? value : arena.concat({all, ",", value});
  return all;
}

bool is_preflight(const RequestContext& context, std::string_view origin) {
  return context.operation == nullptr && context.original_method == "OPTIONS" && !origin.empty() &&
         context.request.headers.contains("Access-Control-Request-Method");
}

/// An answer that names one of several origins differs by the caller's.
void add_vary(Headers& headers) {
  const auto present = headers.joined("Vary");
  for (std::string_view name : split(present.value_or(""), ',')) {
    if (trim(name) == "*" || equal_ignoring_case(trim(name), "Origin")) return;
  }
  headers.set("Vary", present && !present->empty() ? headers.arena().concat({*present, ", Origin"}) : "Origin");
}

class Cors final : public Step {
 public:
  explicit Cors(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    const std::string_view origin = context.request.headers.get("Origin");
    if (origin.empty()) return Outcome::next();
    auto outcome = is_preflight(context, origin) ? preflight(context, origin) : actual(context, origin);
    return outcome ? std::move(*outcome) : Outcome::fail(std::move(outcome.error()));
  }

 private:
  /// What Access-Control-Allow-Origin says to `origin`: itself, `*`, or nothing.
  Result<std::optional<std::string_view>> allowed_origin(RequestContext& context, std::string_view origin) const {
    using Allowed = std::optional<std::string_view>;
    const auto origins = list(config_.origins, context);
    if (!origins) return fail(origins.error());
    if (has_star(*origins)) return Allowed("*");
    const std::string wanted = comparable(origin, context.arena);
    for (std::string_view candidate : *origins) {
      if (comparable(candidate, context.arena) == wanted) return Allowed(origin);
    }
    return Allowed();
  }

  /// The headers that preflights and actual requests have in common.
  Result<void> write_common(RequestContext& context, std::string_view allowed, Headers& headers) const {
    const auto credentials = config_.allow_credentials.boolean(context);
    if (!credentials) return fail(credentials.error());
    headers.set("Access-Control-Allow-Origin", allowed);
    if (*credentials) headers.set("Access-Control-Allow-Credentials", "true");
    return {};
  }

  Result<Outcome> unmatched(RequestContext& context, bool may_terminate) const {
    if (!may_terminate) return Outcome::next();
    const auto terminates = config_.terminate_unmatched.boolean(context);
    if (!terminates) return fail(terminates.error());
    if (!*terminates) return Outcome::next();
    context.replace_response();
    return Outcome::respond();
  }

  Result<Outcome> preflight(RequestContext& context, std::string_view origin) const {
    const auto allowed = allowed_origin(context, origin);
    if (!allowed) return fail(allowed.error());
    if (!*allowed) return unmatched(context, true);
    auto methods = list(config_.methods, context);
    if (!methods) return fail(methods.error());
    auto names = list(config_.headers, context);
    if (!names) return fail(names.error());
    const auto max_age = config_.max_age.integer(context, 0, max_age_seconds);
    if (!max_age) return fail(max_age.error());

    Response& answer = context.replace_response();
    auto written = write_common(context, **allowed, answer.headers);
    if (!written) return fail(std::move(written.error()));
    // `*` counts as a method or header of that name when credentials are sent, so what was asked for is named instead.
    const Headers& asked = context.request.headers;
    const std::string_view methods_text =
        has_star(*methods) ? asked.get("Access-Control-Request-Method") : joined(*methods, context.arena);
    const std::string_view headers_text =
        has_star(*names) ? asked.joined("Access-Control-Request-Headers").value_or("") : joined(*names, context.arena);
    answer.headers.set("Access-Control-Allow-Methods", methods_text);
    if (!headers_text.empty()) answer.headers.set("Access-Control-Allow-Headers", headers_text);
    answer.headers.set("Access-Control-Max-Age", std::to_string(*max_age));
    if (**allowed != "*") add_vary(answer.headers);
    return Outcome::respond();
  }

  Result<Outcome> actual(RequestContext& context, std::string_view origin) const {
    // The first cors that allows the origin decides.
    if (context.final_headers.contains("Access-Control-Allow-Origin")) return Outcome::next();
    const auto allowed = allowed_origin(context, origin);
    if (!allowed) return fail(allowed.error());
    const bool is_simple = context.original_method == "GET" || context.original_method == "HEAD";
    if (!*allowed) return unmatched(context, is_simple);
    const auto exposed = list(config_.exposed, context);
    if (!exposed) return fail(exposed.error());
    // On whatever answer goes out: browsers hide errors from pages as well when they lack these.
    auto written = write_common(context, **allowed, context.final_headers);
    if (!written) return fail(std::move(written.error()));
    if (!exposed->empty()) {
      context.final_headers.set("Access-Control-Expose-Headers", joined(*exposed, context.arena));
    }
    if (**allowed != "*") {
      context.before_send([&context]() -> Task<void> {
        add_vary(context.response.headers);
        return Task<void>();
      });
    }
    return Outcome::next();
  }

  Config config_;
};

std::vector<Template> texts_of(const PolicyElement* group, CompileContext& context) {
  std::vector<Template> result;
  if (group == nullptr) return result;
  for (const PolicyElement& child : group->children) result.push_back(context.text(child));
  return result;
}

bool names_star(const std::vector<Template>& values) {
  return std::any_of(values.begin(), values.end(), [](const Template& t) { return t.constant_text() == "*"; });
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "allow-credentials"),
                context.value(element, "terminate-unmatched-request"),
                Template(std::string("0")),
                texts_of(element.child("allowed-origins"), context),
                {},
                {},
                {}};
  if (const PolicyElement* methods = element.child("allowed-methods")) {
    config.max_age = context.value(*methods, "preflight-result-max-age");
    config.methods = texts_of(methods, context);
  }
  if (config.methods.empty()) config.methods = {Template(std::string("GET")), Template(std::string("POST"))};
  config.headers = texts_of(element.child("allowed-headers"), context);
  config.exposed = texts_of(element.child("expose-headers"), context);
  if (names_star(config.origins) && config.allow_credentials.constant_boolean() == true) {
    context.warning(element, "SL2115", "<cors> allows credentials to every origin, which browsers do not honour",
                    "list the origins that may send credentials");
  }
  return make_step<Cors>(std::move(config));
}

}  // namespace

SLUICE_POLICY(cors){
    .elements = "cors",
    .sections = Sections::inbound,
    .once_per_section = true,
    .answers_preflight = true,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Lets web pages of other origins call the API.",
    .differs =
        "terminate-unmatched-request defaults to true, as the text of the reference says and its table does not. "
        "Error answers carry the headers as well, and Vary: Origin is added where one of several origins is named. "
        "allowed-headers may be left out. For `*` a preflight's answer names the method and headers asked for."};

}  // namespace sluice::policies
