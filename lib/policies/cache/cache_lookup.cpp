// SPDX-License-Identifier: Apache-2.0
// <cache-lookup>: answers a GET with what <cache-store> kept for an earlier one.
// Sections: inbound, once. All scopes; not in fragments.
// An answer that is found takes the place of the rest of inbound and of the backend, and goes on in outbound behind the
// policy that kept it. The key is what was observed: API and revision, operation, the backend's URL without its query,
// then the listed headers and parameters; who asks only where that is asked for.
// Source: API Management policy reference, cache-lookup.
#include <sluice/policy.hpp>

#include "base/entity_lookup.hpp"
#include "base/fabric_choice.hpp"
#include "base/forwarding_state.hpp"
#include "base/kept_answer.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "base/value_cache.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr std::string_view downstream_types = "none private public";
enum class Downstream : std::uint8_t { none, only_private, shared };

constexpr AttributeSpec attributes[] = {
    {.name = "vary-by-developer",
     .type = ValueType::boolean,
     .required = true,
     .expressions = true,
     .doc = "Whether each owner of a subscription has answers of their own."},
    {.name = "vary-by-developer-groups",
     .type = ValueType::boolean,
     .required = true,
     .expressions = true,
     .doc = "Whether users in other groups have other answers."},
    parts::caching_type_attribute,
    {.name = "downstream-caching-type",
     .expressions = true,
     .one_of = downstream_types,
     .fallback = "none",
     .doc = "What the answer's Cache-Control allows the caller: nothing is said, private caches, all caches."},
    {.name = "must-revalidate",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "true",
     .doc = "Whether that Cache-Control says must-revalidate too."},
    {.name = "allow-private-response-caching",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether answers to requests with Authorization are kept."}};

constexpr ElementSpec children[] = {
    {.name = "vary-by-header",
     .occurs = Occurs::many,
     .text = TextRule::expression,
     .doc = "A request header whose value tells answers apart."},
    {.name = "vary-by-query-parameter",
     .occurs = Occurs::many,
     .text = TextRule::expression,
     .doc = "A query parameter whose value tells answers apart; several names separated by ';'."}};

struct Config {
  Template by_developer, by_groups, downstream, must_revalidate, allows_private;
  std::vector<Template> headers, parameters;
};

void add_place(RequestContext& context, parts::KeyParts& key) {
  if (context.api != nullptr) {
    key.add(entity_key(*context.api));
    key.add(context.api->revision);
  }
  if (context.operation != nullptr) key.add(context.operation->id);
  const Url& url = context.current_url();
  key.add(url.scheme);
  key.add(url.authority(context.arena));
  key.add(url.path);
  // A cluster has no URL that would tell its services apart.
  const FabricChoice* const fabric = context.state<ForwardingState>().fabric;
  if (fabric == nullptr) return;
  for (const std::string_view part :
       {context.target.backend_id, fabric->service, fabric->partition_key, fabric->listener})
    key.add(part);
}

/// The owner of the subscription; a subscription without one is its own.
std::string_view developer(const RequestContext& context) {
  if (context.user != nullptr) return context.user->id;
  return context.subscription != nullptr ? entity_key(*context.subscription, context.arena) : std::string_view();
}

void add_groups(const RequestContext& context, parts::KeyParts& key) {
  if (context.user == nullptr) return;
  std::vector<std::string> groups = context.user->group_ids;
  std::sort(groups.begin(), groups.end());
  for (const std::string& group : groups) key.add(group);
}

void add_header(const RequestContext& context, std::string_view name, parts::KeyParts& key) {
  key.add(to_lower(name));
  const auto value = context.request.headers.joined(HeaderName(name));
  key.add(value ? *value : std::string_view());
}

void add_parameter(const RequestContext& context, std::string_view name, parts::KeyParts& key) {
  key.add(name);
  QueryReader reader(context.current_url().query);
  while (const auto item = reader.next()) {
    if (percent_decode(item->name, context.arena, true) == name)
      key.add(percent_decode(item->value, context.arena, true));
  }
}

Result<void> add_listed(const Config& config, RequestContext& context, parts::KeyParts& key) {
  for (const Template& header : config.headers) {
    const auto name = header.text(context);
    if (!name) return fail(name.error());
    add_header(context, *name, key);
  }
  for (const Template& parameters : config.parameters) {
    const auto names = parameters.text(context);
    if (!names) return fail(names.error());
    for (const std::string_view name : split(*names, ';')) add_parameter(context, trim(name), key);
  }
  return {};
}

/// Fields by which a caller asks for less than the whole answer.
void remove_conditions(Headers& headers) {
  headers.remove_if([](const Header& line) {
    return line.is("Cache-Control") || line.is("Pragma") || equal_ignoring_case(line.name.substr(0, 3), "If-");
  });
}

class CacheLookup final : public WaitingStep {
 public:
  explicit CacheLookup(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    auto& caching = context.state<AnswerCaching>();
    caching = AnswerCaching(context.arena);
    auto prepared = prepare(context, caching);
    if (!prepared) co_return Outcome::fail(std::move(prepared.error()));
    if (caching.key.empty()) co_return Outcome::next();
    const auto found = co_await context.services.cache.get(caching.key);
    // A cache that cannot be asked has nothing.
    if (found && *found) {
      if (auto kept = read_answer(**found, context.arena)) {
        answer(context, caching, std::move(*kept));
        co_return Outcome::resume_outbound();
      }
    }
    remove_conditions(context.request.headers);
    co_return Outcome::next();
  }

 private:
  Result<void> prepare(RequestContext& context, AnswerCaching& caching) const {
    if (context.request.method != "GET") return {};
    const auto allows_private = config_.allows_private.boolean(context);
    if (!allows_private) return fail(allows_private.error());
    if (!*allows_private && context.request.headers.contains("Authorization")) return {};
    auto downstream = downstream_of(context);
    if (!downstream) return fail(std::move(downstream.error()));
    auto key = key_of(context);
    if (!key) return fail(std::move(key.error()));
    caching.downstream = *downstream;
    caching.key = *key;
    return {};
  }

  Result<std::string_view> downstream_of(RequestContext& context) const {
    const auto type = config_.downstream.choice(context, downstream_types);
    if (!type) return fail(type.error());
    const auto revalidates = config_.must_revalidate.boolean(context);
    if (!revalidates) return fail(revalidates.error());
    switch (static_cast<Downstream>(*type)) {
      case Downstream::none: return std::string_view();
      case Downstream::only_private: return *revalidates ? "private, must-revalidate" : "private";
      case Downstream::shared: return *revalidates ? "public, must-revalidate" : "public";
    }
    return std::string_view();
  }

  Result<std::string_view> key_of(RequestContext& context) const {
    parts::KeyParts key;
    add_place(context, key);
    const auto by_developer = config_.by_developer.boolean(context);
    if (!by_developer) return fail(by_developer.error());
    key.add(*by_developer ? developer(context) : std::string_view());
    const auto by_groups = config_.by_groups.boolean(context);
    if (!by_groups) return fail(by_groups.error());
    if (*by_groups) add_groups(context, key);
    auto listed = add_listed(config_, context, key);
    if (!listed) return fail(std::move(listed.error()));
    return key.digest("answer:", context.arena);
  }

  static void answer(RequestContext& context, const AnswerCaching& caching, KeptAnswer kept) {
    context.replace_response() = std::move(kept.answer);
    if (caching.downstream.empty()) return;
    context.response.headers.set_view(
        "Cache-Control", cache_control(caching.downstream, context.services.clock.now(), kept.expires, context.arena));
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "vary-by-developer"),
                context.value(element, "vary-by-developer-groups"),
                context.value(element, "downstream-caching-type"),
                context.value(element, "must-revalidate"),
                context.value(element, "allow-private-response-caching"),
                {},
                {}};
  for (const PolicyElement& child : element.children)
    (child.name == "vary-by-header" ? config.headers : config.parameters).push_back(context.text(child));
  return make_step<CacheLookup>(std::move(config));
}

}  // namespace

SLUICE_POLICY(cache_lookup){
    .elements = "cache-lookup",
    .sections = Sections::inbound,
    .once_per_section = true,
    .allowed_in_fragments = false,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Answers a GET with what cache-store kept for an earlier one.",
    .differs =
        "Every caching-type means the cache that the host was given. Cache-Control gets a max-age: the time "
        "that is left of the store's duration."};

}  // namespace sluice::policies
