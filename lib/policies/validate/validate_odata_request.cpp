// SPDX-License-Identifier: Apache-2.0
// <validate-odata-request>: holds protocol version, size, URL and system query options of a request to an OData API
// against the protocol and the API's metadata.   Sections: inbound. Scopes: global, workspace, product, API.
// Source: API Management policy reference, validate-odata-request.
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"
#include "base/validation_parts.hpp"
#include "schema/odata_request.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "error-variable-name", .doc = "Variable that the errors are added to, a list of objects."},
    {.name = "default-odata-version", .fallback = "4.0", .doc = "Version of requests that name none."},
    {.name = "min-odata-version", .doc = "Oldest version that a request may name."},
    {.name = "max-odata-version", .doc = "Newest version that a request may name."},
    {.name = "max-size", .type = ValueType::integer, .min = 1, .doc = "Bytes that the request's body may have."}};

struct Config {
  int default_version = 400;
  std::optional<int> least, most;
  std::string least_text, most_text;
  std::optional<std::uint64_t> max_size;
  std::string variable;
  std::optional<schema::ODataMetadata> metadata;
};

class Check {
 public:
  Check(const Config& config, RequestContext& context)
      : config_(config), context_(context), report_(context, "validate-odata-request", true) {}

  Task<Outcome> run() {
    check_version();
    const std::string path =
        schema::check_odata_path(context_.target.path, config_.metadata ? &*config_.metadata : nullptr, context_.arena);
    if (!path.empty()) refuse({}, "RequestUrl", "IncorrectMessage", path);
    if (const auto query = schema::check_odata_query(context_.request.url.query, context_.arena)) {
      refuse(query->name, "QueryParameter", "IncorrectMessage", query->message);
    }
    auto fits = co_await check_size();
    if (!fits) co_return Outcome::fail(std::move(fits.error()));
    co_return std::move(report_).finish(config_.variable);
  }

 private:
  void refuse(std::string name, std::string_view type, std::string_view rule, std::string details) {
    report_.add({std::move(name), type, rule, std::move(details)}, parts::ValidationAction::prevent);
  }

  void check_version() {
    constexpr std::string_view name = "OData-Version";
    const auto sent = context_.request.headers.joined(name);
    const auto version = sent ? schema::parse_odata_version(*sent) : config_.default_version;
    const std::string shown = parts::shown_text(sent.value_or(""));
    if (!version) {
      return refuse(std::string(name), "RequestHeader", "IncorrectMessage",
                    "The OData version '" + shown + "' is none.");
    }
    if (config_.least && *version < *config_.least) {
      refuse(std::string(name), "RequestHeader", "IncorrectMessage",
             "The OData version of the request is older than " + config_.least_text + ".");
    }
    if (config_.most && *version > *config_.most) {
      refuse(std::string(name), "RequestHeader", "IncorrectMessage",
             "The OData version of the request is newer than " + config_.most_text + ".");
    }
  }

  Task<Result<void>> check_size() {
    if (!config_.max_size) co_return Result<void>();
    Body& body = context_.request.body;
    if (body.is_stream() && !body.length()) {
      auto read = co_await buffer_body(body, context_.arena, context_.services.limits.request.buffered_body_bytes,
                                       ErrorCode::request_body_too_large);
      if (!read) co_return fail(std::move(read.error()));
    }
    const std::uint64_t size = body.length().value_or(0);
    if (size > *config_.max_size) {
      refuse({}, "RequestBody", "SizeLimit",
             "Request's body is " + std::to_string(size) + " bytes long and it exceeds the configured limit of " +
                 std::to_string(*config_.max_size) + " bytes.");
    }
    co_return Result<void>();
  }

  const Config& config_;
  RequestContext& context_;
  parts::ValidationReport report_;
};

class ValidateODataRequest final : public WaitingStep {
 public:
  explicit ValidateODataRequest(Config config) : config_(std::move(config)) {}
  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    Check check(config_, context);
    co_return co_await check.run();
  }

 private:
  Config config_;
};

std::optional<int> version(const PolicyElement& element, std::string_view name, CompileContext& context) {
  const std::string text = context.literal(element, name);
  if (text.empty()) return std::nullopt;
  const auto parsed = schema::parse_odata_version(text);
  const PolicyAttribute* attribute = element.attribute(name);
  if (!parsed && attribute != nullptr && !parts::has_placeholder(text)) {
    context.error(*attribute, "SL2106",
                  "attribute '" + attribute->name + "' of <" + element.name +
                      "> must be a version such as 4.01, found '" + text + "'");
  }
  return parsed;
}

/// The metadata that an OData API was imported from.
void compile_metadata(const PolicyElement& element, CompileContext& context, Config& config) {
  const Api* api = context.api();
  if (api == nullptr || api->type != ApiType::odata) return;
  for (const Schema& schema : api->schemas) {
    if (schema.kind != Schema::Kind::xml && schema.content_type.find("odata") == std::string::npos) continue;
    auto metadata = schema::ODataMetadata::read(schema.text);
    if (metadata) {
      config.metadata = std::move(*metadata);
    } else {
      context.warning(element, "SL2124", "the metadata '" + schema.id + "' cannot be used: " + metadata.error());
    }
    return;
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.default_version = version(element, "default-odata-version", context).value_or(config.default_version);
  config.least = version(element, "min-odata-version", context);
  config.most = version(element, "max-odata-version", context);
  config.least_text = context.literal(element, "min-odata-version");
  config.most_text = context.literal(element, "max-odata-version");
  if (config.least && config.most && *config.least > *config.most) {
    context.error(element, "SL2115", "min-odata-version is newer than max-odata-version");
  }
  if (element.has("max-size")) {
    config.max_size = static_cast<std::uint64_t>(context.literal_integer(element, "max-size"));
  }
  config.variable = context.literal(element, "error-variable-name");
  compile_metadata(element, context, config);
  return make_step<ValidateODataRequest>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_odata_request){
    .elements = "validate-odata-request",
    .sections = Sections::inbound,
    .scopes = Scopes::global | Scopes::workspace | Scopes::product | Scopes::api,
    .attributes = attributes,
    .compile = compile,
    .summary = "Holds version, size, URL and query options of a request against OData.",
    .differs =
        "Of the metadata, names of entity sets, singletons and imports are held against the URL. Types, keys, "
        "properties and the grammar of $filter, $expand and the like are not: quotes and brackets must close. Bodies "
        "are "
        "measured, not read. The form of the errors is that of the other validation policies."};

}  // namespace sluice::policies
