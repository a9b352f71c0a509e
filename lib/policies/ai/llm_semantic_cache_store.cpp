// SPDX-License-Identifier: Apache-2.0
// <llm-semantic-cache-store>, <azure-openai-semantic-cache-store>: keeps the answer for the prompts that mean the same.
// Sections: outbound, once. Does nothing without the lookup before it.
// Source: API Management policy reference, llm-semantic-cache-store and azure-openai-semantic-cache-store.
#include <sluice/policy.hpp>

#include "ai/semantic_caching.hpp"
#include "base/answer_copy.hpp"
#include "base/value_cache.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "duration",
     .type = ValueType::integer,
     .required = true,
     .expressions = true,
     .min = 0,
     .max = parts::longest_caching_seconds,
     .doc = "Seconds for which the answer is kept; 0: not at all."},
    {.name = "cache-response",
     .type = ValueType::boolean,
     .expressions = true,
     .doc = "true: answers of every status are kept; false: none; absent: those of status 200."}};

struct Put {
  RequestContext* context;
  AnswerCopy* copy;
  std::chrono::seconds lifetime;

  Task<void> operator()(DeliveryOutcome) {
    const auto& caching = context->state<ai::SemanticCaching>();
    const bool is_kept = co_await copy->put(context->services, caching.key, lifetime);
    if (!is_kept || caching.vector.empty()) co_return;
    const auto put = co_await context->services.vectors.put(caching.partition, caching.vector, caching.key, lifetime);
    if (!put) context->services.telemetry.log(LogLevel::warning, "A vector could not be kept.", {});
  }
};

class LlmSemanticCacheStore final : public Step {
 public:
  LlmSemanticCacheStore(Template duration, Template cache_response)
      : duration_(std::move(duration)), cache_response_(std::move(cache_response)) {}

  Outcome run(RequestContext& context) const override {
    if (context.state<ai::SemanticCaching>().key.empty() || !context.answered_by_backend) return Outcome::next();
    const auto wanted = is_wanted(context);
    if (!wanted) return Outcome::fail(wanted.error());
    const auto seconds = duration_.integer(context, 0, parts::longest_caching_seconds);
    if (!seconds) return Outcome::fail(seconds.error());
    if (!*wanted || *seconds == 0) return Outcome::next();
    const std::chrono::seconds lifetime(*seconds);
    const WallTime expires = context.services.clock.now() + lifetime;
    const std::size_t most = context.services.limits.request.cached_answer_bytes;
    if (AnswerCopy* const copy = AnswerCopy::begin(context.response, context.arena, most, expires))
      context.after_send(Put{&context, copy, lifetime});
    return Outcome::next();
  }

 private:
  Result<bool> is_wanted(RequestContext& context) const {
    if (!cache_response_.is_set()) return context.response.status == 200;
    return cache_response_.boolean(context);
  }

  Template duration_, cache_response_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  context.needs(Effects::keeps_answer);
  return make_step<LlmSemanticCacheStore>(context.value(element, "duration"), context.value(element, "cache-response"));
}

}  // namespace

SLUICE_POLICY(llm_semantic_cache_store){
    .elements = "llm-semantic-cache-store azure-openai-semantic-cache-store",
    .sections = Sections::outbound,
    .once_per_section = true,
    .attributes = attributes,
    .compile = compile,
    .summary = "Keeps the answer for the prompts that mean the same.",
    .differs = "A stream that breaks off is not kept, nor is one longer than what the gateway keeps of an answer."};

}  // namespace sluice::policies
