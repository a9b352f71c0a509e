// SPDX-License-Identifier: Apache-2.0
// <cache-lookup-value>: puts a value that <cache-store-value> kept into a variable.   Sections and scopes: all.
// Source: API Management policy reference, cache-lookup-value.
#include <sluice/policy.hpp>
#include <sluice/stored_value.hpp>

#include "base/value_cache.hpp"
#include "base/variable_part.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    parts::cache_key_attribute,
    {.name = "variable-name", .required = true, .doc = "Variable that receives the value, with the type it had."},
    {.name = "default-value",
     .expressions = true,
     .doc = "Its value when the cache has none; without it the variable is left as it was."},
    parts::caching_type_attribute};

struct Config {
  parts::ValueKey key;
  std::string variable;
  Template fallback;
};

class CacheLookupValue final : public WaitingStep {
 public:
  explicit CacheLookupValue(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    const auto key = parts::value_key(config_.key, context);
    if (!key) co_return Outcome::fail(key.error());
    const auto found = co_await context.services.cache.get(*key);
    // A cache that cannot be asked has nothing.
    std::optional<Value> value;
    if (found && *found) value = restore_value(**found, context);
    if (!value && config_.fallback.is_set()) {
      auto fallback = config_.fallback.value(context);
      if (!fallback) co_return Outcome::fail(std::move(fallback.error()));
      value = *fallback;
    }
    co_return value ? parts::end_with_variable(context, config_.variable, *value) : Outcome::next();
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<CacheLookupValue>(Config{parts::compile_value_key(element, context),
                                            context.literal(element, "variable-name"),
                                            context.value(element, "default-value")});
}

}  // namespace

SLUICE_POLICY(cache_lookup_value){.elements = "cache-lookup-value",
                                  .sections = Sections::all,
                                  .attributes = attributes,
                                  .compile = compile,
                                  .summary = "Puts a value from the cache into a variable.",
                                  .differs = parts::caching_type_differs};

}  // namespace sluice::policies
