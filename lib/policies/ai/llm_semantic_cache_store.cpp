// SPDX-License-Identifier: Apache-2.0
// <llm-semantic-cache-store>, <azure-openai-semantic-cache-store>: keeps the answer for the prompts that mean the same.
// Sections: outbound, once. Does nothing without the lookup before it.
// Source: API Management policy reference, llm-semantic-cache-store and azure-openai-semantic-cache-store.
#include <sluice/policy.hpp>

#include "ai/answer_watch.hpp"
#include "ai/semantic_caching.hpp"
#include "base/answer_copy.hpp"
#include "base/answer_keeping.hpp"

namespace sluice::policies {
namespace {

struct Put {
  RequestContext* context;
  AnswerCopy* copy;
  std::chrono::seconds lifetime;

  Task<void> operator()(DeliveryOutcome) {
    const auto& caching = context->state<ai::SemanticCaching>();
    const bool is_kept = co_await copy->put(*context, caching.key, lifetime);
    if (!is_kept || caching.vector.empty()) co_return;
    const auto put = co_await context->services.vectors.put(caching.partition, caching.vector, caching.key, lifetime);
    if (!put) context->services.telemetry.log(LogLevel::warning, "A vector could not be kept.", {});
  }
};

class LlmSemanticCacheStore final : public Step {
 public:
  explicit LlmSemanticCacheStore(parts::AnswerKeeping keeping) : keeping_(std::move(keeping)) {}

  Outcome run(RequestContext& context) const override {
    if (context.state<ai::SemanticCaching>().key.empty() || !context.answered_by_backend) return Outcome::next();
    const auto lifetime = keeping_.lifetime(context);
    if (!lifetime) return Outcome::fail(lifetime.error());
    if (lifetime->count() == 0) return Outcome::next();
    const WallTime expires = context.services.clock.now() + *lifetime;
    // Who is answered by the copy has not asked for it either.
    ai::AnswerWatch::hide_asked_usage(context);
    const std::size_t most = context.services.limits.request.cached_answer_bytes;
    if (AnswerCopy* const copy = AnswerCopy::begin(context.response, context.arena, most, expires))
      context.after_send(Put{&context, copy, *lifetime});
    return Outcome::next();
  }

 private:
  parts::AnswerKeeping keeping_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  context.needs(Effects::keeps_answer);
  return make_step<LlmSemanticCacheStore>(parts::compile_answer_keeping(element, context));
}

}  // namespace

SLUICE_POLICY(llm_semantic_cache_store){
    .elements = "llm-semantic-cache-store azure-openai-semantic-cache-store",
    .sections = Sections::outbound,
    .once_per_section = true,
    .attributes = parts::keeping_attributes,
    .compile = compile,
    .summary = "Keeps the answer for the prompts that mean the same.",
    .differs = "A stream that breaks off is not kept, nor is one longer than what the gateway keeps of an answer."};

}  // namespace sluice::policies
