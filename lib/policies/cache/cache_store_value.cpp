// SPDX-License-Identifier: Apache-2.0
// <cache-store-value>: keeps a value for later requests.   Sections and scopes: all.
// Source: API Management policy reference, cache-store-value.
#include <sluice/policy.hpp>
#include <sluice/stored_value.hpp>

#include "base/value_cache.hpp"

#include <chrono>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    parts::cache_key_attribute,
    {.name = "value",
     .required = true,
     .expressions = true,
     .doc = "The value; what means nothing outside of its request (an answer, a body) is refused."},
    {.name = "duration",
     .type = ValueType::integer,
     .required = true,
     .expressions = true,
     .min = 0,
     .max = parts::longest_caching_seconds,
     .doc = "Seconds for which it is kept; 0 removes it."},
    parts::caching_type_attribute};

struct Config {
  parts::ValueKey key;
  Template value, duration;
};

class CacheStoreValue final : public WaitingStep {
 public:
  explicit CacheStoreValue(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    const auto key = parts::value_key(config_.key, context);
    if (!key) co_return Outcome::fail(key.error());
    const auto value = config_.value.value(context);
    if (!value) co_return Outcome::fail(value.error());
    const auto seconds = config_.duration.integer(context, 0, parts::longest_caching_seconds);
    if (!seconds) co_return Outcome::fail(seconds.error());
    auto bytes = store_value(*value, context);
    if (!bytes) co_return Outcome::fail(std::move(bytes.error()));
    const auto kept = co_await context.services.cache.put(*key, *bytes, std::chrono::seconds(*seconds));
    // The request does not need what is kept for others.
    if (!kept) context.trace("cache-store-value", "information", kept.error().message());
    co_return Outcome::next();
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<CacheStoreValue>(Config{parts::compile_value_key(element, context), context.value(element, "value"),
                                           context.value(element, "duration")});
}

}  // namespace

SLUICE_POLICY(cache_store_value){.elements = "cache-store-value",
                                 .sections = Sections::all,
                                 .attributes = attributes,
                                 .compile = compile,
                                 .summary = "Keeps a value for later requests.",
                                 .differs =
                                     "Every caching-type means the cache that the host was given. The value is "
                                     "there as soon as the policy has run."};

}  // namespace sluice::policies
