// SPDX-License-Identifier: Apache-2.0
// <cache-store>: keeps the answer for the <cache-lookup> of later requests.
// Sections: outbound, once. All scopes.
// The answer is kept as it is at this place: its head at once, its body as it passes, without holding it back.
// Source: API Management policy reference, cache-store.
#include <sluice/policy.hpp>

#include "base/answer_copy.hpp"
#include "base/answer_keeping.hpp"
#include "base/kept_answer.hpp"

#include <chrono>

namespace sluice::policies {
namespace {

struct Put {
  RequestContext* context;
  AnswerCopy* copy;
  std::string_view key;
  std::chrono::seconds lifetime;
  Task<void> operator()(DeliveryOutcome) { co_await copy->put(*context, key, lifetime); }
};

class CacheStorePolicy final : public Step {
 public:
  explicit CacheStorePolicy(parts::AnswerKeeping keeping) : keeping_(std::move(keeping)) {}

  Outcome run(RequestContext& context) const override {
    const AnswerCaching& caching = context.state<AnswerCaching>();
    if (caching.key.empty()) return Outcome::next();
    const auto lifetime = keeping_.lifetime(context);
    if (!lifetime) return Outcome::fail(lifetime.error());
    if (lifetime->count() != 0) keep(context, caching, *lifetime);
    return Outcome::next();
  }

 private:
  static void keep(RequestContext& context, const AnswerCaching& caching, std::chrono::seconds lifetime) {
    const WallTime now = context.services.clock.now();
    Response& answer = context.response;
    const std::size_t most = context.services.limits.request.cached_answer_bytes;
    if (AnswerCopy* const copy = AnswerCopy::begin(answer, context.arena, most, now + lifetime))
      context.after_send(Put{&context, copy, caching.key, lifetime});
    if (!caching.downstream.empty())
      answer.headers.set_view("Cache-Control", cache_control(caching.downstream, now, now + lifetime, context.arena));
  }

  parts::AnswerKeeping keeping_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  context.needs(Effects::keeps_answer);
  return make_step<CacheStorePolicy>(parts::compile_answer_keeping(element, context));
}

}  // namespace

SLUICE_POLICY(cache_store){
    .elements = "cache-store",
    .sections = Sections::outbound,
    .attributes = parts::keeping_attributes,
    .compile = compile,
    .summary = "Keeps the answer for the cache-lookup of later requests.",
    .differs =
        "May stand more than once in a section, as real documents have it inside choose; the last one that runs "
        "wins. Set-Cookie, Date and Age are not kept, nor are answers of status 206 and 304, nor one whose body "
        "a later policy puts another in place of. A duration of 0 keeps nothing."};

}  // namespace sluice::policies
