// SPDX-License-Identifier: Apache-2.0
// <cache-remove-value>: removes a value that <cache-store-value> kept.   Sections and scopes: all.
// Source: API Management policy reference, cache-remove-value.
#include <sluice/policy.hpp>

#include "base/value_cache.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {parts::cache_key_attribute,
                                        {.name = "fail-on-cache-removal-error",
                                         .type = ValueType::boolean,
                                         .expressions = true,
                                         .fallback = "false",
                                         .doc = "Whether the request fails when the cache cannot be reached."},
                                        parts::caching_type_attribute};

struct Config {
  parts::ValueKey key;
  Template fails;
};

class CacheRemoveValue final : public WaitingStep {
 public:
  explicit CacheRemoveValue(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    const auto key = parts::value_key(config_.key, context);
    if (!key) co_return Outcome::fail(key.error());
    const auto fails = config_.fails.boolean(context);
    if (!fails) co_return Outcome::fail(fails.error());
    auto removed = co_await context.services.cache.remove(*key);
    if (removed) co_return Outcome::next();
    if (*fails) co_return Outcome::fail(std::move(removed.error()));
    context.trace("cache-remove-value", "information", removed.error().message());
    co_return Outcome::next();
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<CacheRemoveValue>(
      Config{parts::compile_value_key(element, context), context.value(element, "fail-on-cache-removal-error")});
}

}  // namespace

SLUICE_POLICY(cache_remove_value){.elements = "cache-remove-value",
                                  .sections = Sections::all,
                                  .attributes = attributes,
                                  .compile = compile,
                                  .summary = "Removes a value from the cache.",
                                  .differs = parts::caching_type_differs};

}  // namespace sluice::policies
