// SPDX-License-Identifier: Apache-2.0
// <cache-store>: keeps the answer for the <cache-lookup> of later requests.
// Sections: outbound, once. All scopes.
// The answer is kept as it is at this place: its head at once, its body as it passes, without holding it back.
// Source: API Management policy reference, cache-store.
#include <sluice/policy.hpp>

#include "base/answer_copy.hpp"
#include "base/kept_answer.hpp"
#include "base/value_cache.hpp"

#include <chrono>

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

struct Config {
  Template duration, cache_response;
};

struct Put {
  RequestContext* context;
  AnswerCopy* copy;
  std::string_view key;
  std::chrono::seconds lifetime;
  Task<void> operator()(DeliveryOutcome) { co_await copy->put(context->services, key, lifetime); }
};

class CacheStorePolicy final : public Step {
 public:
  explicit CacheStorePolicy(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    const AnswerCaching& caching = context.state<AnswerCaching>();
    if (caching.key.empty()) return Outcome::next();
    const auto wanted = is_wanted(context);
    if (!wanted) return Outcome::fail(wanted.error());
    const auto seconds = config_.duration.integer(context, 0, parts::longest_caching_seconds);
    if (!seconds) return Outcome::fail(seconds.error());
    if (*wanted && *seconds != 0) keep(context, caching, std::chrono::seconds(*seconds));
    return Outcome::next();
  }

 private:
  Result<bool> is_wanted(RequestContext& context) const {
    constexpr int ok = 200, partial_content = 206, not_modified = 304;
    const int status = context.response.status;
    if (!config_.cache_response.is_set()) return status == ok;
    // A part is not the answer, and what was not modified is none.
    const auto wanted = config_.cache_response.boolean(context);
    if (!wanted) return wanted;
    return *wanted && status != partial_content && status != not_modified;
  }

  static void keep(RequestContext& context, const AnswerCaching& caching, std::chrono::seconds lifetime) {
    const WallTime now = context.services.clock.now();
    Response& answer = context.response;
    const std::size_t most = context.services.limits.request.cached_answer_bytes;
    if (AnswerCopy* const copy = AnswerCopy::begin(answer, context.arena, most, now + lifetime))
      context.after_send(Put{&context, copy, caching.key, lifetime});
    if (!caching.downstream.empty())
      answer.headers.set_view("Cache-Control", cache_control(caching.downstream, now, now + lifetime, context.arena));
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  context.needs(Effects::keeps_answer);
  return make_step<CacheStorePolicy>(
      Config{context.value(element, "duration"), context.value(element, "cache-response")});
}

}  // namespace

SLUICE_POLICY(cache_store){
    .elements = "cache-store",
    .sections = Sections::outbound,
    .attributes = attributes,
    .compile = compile,
    .summary = "Keeps the answer for the cache-lookup of later requests.",
    .differs =
        "May stand more than once in a section, as real documents have it inside choose; the last one that runs "
        "wins. Set-Cookie, Date and Age are not kept, nor are answers of status 206 and 304, nor one whose body "
        "a later policy puts another in place of. A duration of 0 keeps nothing."};

}  // namespace sluice::policies
