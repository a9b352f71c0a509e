// SPDX-License-Identifier: Apache-2.0
// <llm-semantic-cache-lookup>, <azure-openai-semantic-cache-lookup>: answers a prompt with what was answered to one
// that means the same.   Sections: inbound, once. The same words are found without asking anybody; others by the
// distance of their embeddings. Requests are compared only within a partition: the same API, operation, path,
// subscription and `vary-by`, and the same in every member of the body that is no words: an answer never crosses
// callers, models or tools. Source: API Management policy reference, llm-semantic-cache-lookup and
// azure-openai-semantic-cache-lookup.
#include <sluice/policy.hpp>

#include "ai/request_prompt.hpp"
#include "ai/semantic_caching.hpp"
#include "ai/semantic_question.hpp"
#include "base/entity_lookup.hpp"
#include "base/json_limits.hpp"
#include "base/kept_answer.hpp"
#include "base/message_parts.hpp"
#include "base/text.hpp"
#include "base/value_cache.hpp"

namespace sluice::policies {
namespace {

constexpr std::int64_t max_messages = 1'000'000;
constexpr double most_distance = 2, risky_distance = 0.2;
constexpr std::string_view own_identity = "system-assigned";
constexpr std::string_view resource = "https://cognitiveservices.azure.com/";
constexpr std::string_view api_version = "api-version=2024-10-21";
constexpr std::chrono::seconds call_timeout{10};

constexpr AttributeSpec attributes[] = {
    {.name = "score-threshold",
     .type = ValueType::number,
     .required = true,
     .expressions = true,
     .min = 0,
     .max = 2,
     .doc = "Greatest distance of two prompts that mean the same: 0 the same direction, 1 nothing in common."},
    {.name = "embeddings-backend-id", .required = true, .expressions = true, .doc = "Backend that makes embeddings."},
    {.name = "embeddings-backend-auth",
     .required = true,
     .expressions = true,
     .doc = "system-assigned: the gateway's own identity is shown to the backend."},
    {.name = "ignore-system-messages",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether what the system says is left out of what is compared."},
    {.name = "max-message-count",
     .type = ValueType::integer,
     .expressions = true,
     .min = 1,
     .max = max_messages,
     .doc = "Longer conversations are not cached."},
    {.name = "cache-id", .doc = "Every cache means the one that the host was given."}};

constexpr ElementSpec children[] = {{.name = "vary-by",
                                     .occurs = Occurs::many,
                                     .text = TextRule::expression,
                                     .doc = "Requests with another value are other questions."}};

struct Config {
  Template threshold, backend, ignores_system, most_messages;
  std::vector<Template> vary_by;
  parts::DocumentWorkspace workspace;
};

class LlmSemanticCacheLookup final : public WaitingStep {
 public:
  explicit LlmSemanticCacheLookup(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto& caching = context.state<ai::SemanticCaching>();
    caching = ai::SemanticCaching(context.arena);
    auto question = ask(context);
    if (!question) co_return Outcome::fail(std::move(question.error()));
    if (!*question) co_return Outcome::next();
    auto prepared = prepare(context, **question, caching);
    if (!prepared) co_return Outcome::fail(std::move(prepared.error()));

    const bool is_same = co_await answer_with(context, caching.key);
    if (is_same) co_return found(context, "same");
    auto vector = co_await embed(context, (*question)->text, cancellation);
    if (!vector) {
      if (cancellation.requested()) co_return Outcome::fail(Error(ErrorCode::cancelled));
      context.trace("llm-semantic-cache-lookup", "error", vector.error().message());
      co_return missed(context, "failed");
    }
    const auto distance = config_.threshold.number(context);
    if (!distance) co_return Outcome::fail(Error(distance.error()));
    caching.vector = std::move(*vector);
    const auto nearest = co_await context.services.vectors.nearest(caching.partition, caching.vector, *distance);
    if (!nearest || !*nearest) co_return missed(context, "missed");
    const bool is_near = co_await answer_with(context, (*nearest)->value);
    co_return is_near ? found(context, "near") : missed(context, "missed");
  }

 private:
  /// What is asked; nothing for a request that is not cached.
  Result<std::optional<ai::SemanticQuestion>> ask(RequestContext& context) const {
    using Nothing = std::optional<ai::SemanticQuestion>;
    if (context.request.url.path.ends_with("/embeddings")) return Nothing();
    const auto prompt = ai::prompt_of(context);
    if (!prompt) return fail(prompt.error());
    if (config_.most_messages.is_set()) {
      const auto most = config_.most_messages.integer(context, 1, max_messages);
      if (!most) return fail(most.error());
      if ((*prompt)->messages > *most) return Nothing();
    }
    const auto ignores = config_.ignores_system.boolean(context);
    if (!ignores) return fail(ignores.error());
    const Body& body = context.request.body;
    return ai::question_of(**prompt, body.is_stream() ? std::string_view() : body.data(), *ignores);
  }

  Result<void> prepare(RequestContext& context, const ai::SemanticQuestion& question,
                       ai::SemanticCaching& caching) const {
    parts::KeyParts key;
    key.add(config_.workspace.id());
    if (context.api != nullptr)
      key.add(context.arena.concat({entity_key(*context.api, context.arena), ";", context.api->revision}));
    key.add(context.operation != nullptr ? std::string_view(context.operation->id) : std::string_view());
    key.add(context.request.url.path);
    key.add(context.request.url.query);
    key.add(context.subscription != nullptr ? entity_key(*context.subscription, context.arena) : std::string_view());
    for (const Template& each : config_.vary_by) {
      const auto value = each.text(context);
      if (!value) return fail(value.error());
      key.add(*value);
    }
    key.add(question.rest);
    caching.partition = key.digest("semantic:", context.arena);
    key.add(question.exact);
    caching.key = key.digest("semantic-answer:", context.arena);
    return {};
  }

  /// A cache that cannot be asked has nothing.
  static Task<bool> answer_with(RequestContext& context, std::string_view key) {
    const auto bytes = co_await context.services.cache.get(key);
    if (!bytes || !*bytes) co_return false;
    auto kept = read_answer(**bytes, context.arena);
    if (!kept) co_return false;
    context.replace_response() = std::move(kept->answer);
    co_return true;
  }

  Task<Result<std::vector<float>>> embed(RequestContext& context, std::string_view text,
                                         Cancellation& cancellation) const {
    const auto id = config_.backend.text(context);
    if (!id) co_return fail(id.error());
    auto& request = *context.arena.make<OutgoingRequest>(context.arena);
    request.method = "POST";
    request.url.path = "";
    request.url.query = api_version;
    request.headers.append("Content-Type", "application/json");
    request.body = Body::bytes(context.arena.copy(ai::embedding_request(text)));
    request.timeout = call_timeout;
    // Where the gateway has no identity the backend's own credentials have to do.
    const auto token = co_await context.services.tokens.token(resource, {}, cancellation);
    if (token) request.headers.set("Authorization", context.arena.concat({"Bearer ", token->value}));
    const std::string_view key = config_.workspace.key(*id, context.arena);
    Result<Response> answer = co_await context.services.backends.call(context, request, key, cancellation);
    if (!answer) co_return fail(std::move(answer.error()));
    const std::size_t most_bytes = context.services.limits.request.buffered_body_bytes;
    auto buffered = co_await buffer_body(answer->body, context.arena, most_bytes, ErrorCode::response_body_too_large);
    if (!buffered) co_return fail(std::move(buffered.error()));
    auto vector = ai::read_embedding(answer->body.data(), context.services.limits.ai.vector_dimensions, context.arena,
                                     json_limits(context));
    if (answer->status != 200 || !vector) {
      co_return fail(ErrorCode::backend_answer_invalid, "The embeddings backend answered with status " +
                                                            std::to_string(answer->status) +
                                                            (vector ? "." : " and no embedding."));
    }
    co_return std::move(*vector);
  }

  static Outcome found(RequestContext& context, std::string_view how) {
    context.state<ai::SemanticCaching>().key = {};
    count(context, how);
    return Outcome::resume_outbound();
  }
  static Outcome missed(RequestContext& context, std::string_view how) {
    count(context, how);
    return Outcome::next();
  }
  static void count(RequestContext& context, std::string_view outcome) {
    const Label labels[] = {{"outcome", outcome}};
    context.services.telemetry.count("sluice_semantic_cache_requests_total", 1, labels);
  }

  Config config_;
};

void check(const PolicyElement& element, const Config& config, CompileContext& context) {
  const PolicyAttribute& auth = *element.attribute("embeddings-backend-auth");
  const std::string& way = auth.value.text;
  if (!auth.value.is_expression && !equal_ignoring_case(way, own_identity) && !parts::has_placeholder(way)) {
    context.warning(element, "SL2120", "embeddings-backend-auth '" + way + "' is not documented",
                    "write system-assigned, which is how the backend is called");
  }
  const auto threshold = config.threshold.constant_text();
  const auto distance = threshold ? parse_double(trim(*threshold)) : std::nullopt;
  if (distance && *distance > risky_distance) {
    context.warning(element, "SL2123", "score-threshold " + *threshold + " takes prompts for the same that are not",
                    "it is a distance: 0.05 is a good beginning, above 0.2 answers become wrong");
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "score-threshold"),
                context.value(element, "embeddings-backend-id"),
                context.value(element, "ignore-system-messages"),
                context.value(element, "max-message-count"),
                {},
                parts::DocumentWorkspace(context)};
  for (const PolicyElement& child : element.children) config.vary_by.push_back(context.text(child));
  check(element, config, context);
  context.needs(Effects::reads_request_body);
  return make_step<LlmSemanticCacheLookup>(std::move(config));
}

}  // namespace

SLUICE_POLICY(llm_semantic_cache_lookup){
    .elements = "llm-semantic-cache-lookup azure-openai-semantic-cache-lookup",
    .sections = Sections::inbound,
    .once_per_section = true,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Answers a prompt with what was answered to one that means the same.",
    .differs =
        "The vectors are kept in the gateway, the answers in its cache; no Redis is needed, and cache-id has no "
        "effect. Among thousands of vectors of a partition an index is asked, which misses one in some hundred. "
        "The same words are found without a call. Answers are kept apart by subscription, path and every member of the "
        "request that is no words; requests with images or sounds are not cached. A streamed answer is kept and given "
        "again as a stream. Without an identity of the gateway the backend's own credentials are used. Trouble with "
        "embeddings is a miss."};

}  // namespace sluice::policies
