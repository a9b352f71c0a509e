// SPDX-License-Identifier: Apache-2.0
// <cache-value>: a variable's value from the cache, or made by the policies inside and kept.   Sections and scopes:
// all.
//
//   fresh ─▶ from the cache        stale ─▶ made anew, by one request at a time; else from the cache
//   absent or expired ─▶ made      nothing made ─▶ the stale value, else the default
//
// Source: the policy toolkit; the reference has no page for it.
#include <sluice/policy.hpp>
#include <sluice/stored_value.hpp>

#include "base/byte_record.hpp"
#include "base/value_cache.hpp"
#include "base/variable_part.hpp"

#include <chrono>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    parts::cache_key_attribute,
    {.name = "variable-name", .required = true, .doc = "Variable that gets the value; the policies inside set it."},
    {.name = "expires-after",
     .type = ValueType::integer,
     .expressions = true,
     .fallback = "28800",
     .min = 0,
     .max = parts::longest_caching_seconds,
     .doc = "Seconds for which a value is kept; looked at after the policies inside have run."},
    {.name = "refresh-after",
     .type = ValueType::integer,
     .expressions = true,
     .min = 0,
     .max = parts::longest_caching_seconds,
     .doc = "Seconds after which it is made anew; absent: when it has expired. 0: for every request."},
    {.name = "default-value", .expressions = true, .doc = "The variable's value when there is no other."},
    parts::caching_type_attribute};

constexpr ElementSpec children[] = {
    {.name = "value", .occurs = Occurs::once, .policies = true, .doc = "The policies that set the variable."}};

struct Config {
  parts::ValueKey key;
  std::string variable;
  Template expires, refresh, fallback;
  StepList making;
};

/// What the cache had.
struct Found {
  std::optional<Value> value;
  bool is_stale = true;
};

/// An entry is the time from which it is stale, in milliseconds since 1970, and the value.
std::string entry_of(std::int64_t stale_from, const std::string& value) {
  std::string entry;
  append_number(entry, stale_from);
  return entry + value;
}

std::int64_t milliseconds_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Found read_entry(std::string_view entry, RequestContext& context) {
  RecordReader record(entry);
  const auto stale_from = record.number<std::int64_t>();
  if (!stale_from) return {};
  return {restore_value(record.rest(), context), milliseconds_of(context.services.clock.now()) >= *stale_from};
}

/// One request at a time makes a stale value anew.
class Turn {
 public:
  Turn(ConcurrencyLimiter& limiter, std::string_view key)
      : limiter_(limiter), key_(key), is_ours_(limiter.try_enter(key, 1)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (is_ours_) limiter_.leave(key_);
  }
  bool is_ours() const { return is_ours_; }

 private:
  ConcurrencyLimiter& limiter_;
  std::string_view key_;
  bool is_ours_;
};

class CacheValue final : public WaitingStep {
 public:
  explicit CacheValue(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const auto key = parts::value_key(config_.key, context);
    if (!key) co_return Outcome::fail(key.error());
    const auto entry = co_await context.services.cache.get(*key);
    Found found;
    if (entry && *entry) found = read_entry(**entry, context);
    if (found.value && !found.is_stale) co_return set(context, found.value);
    const Turn turn(context.services.concurrency, *key);
    if (found.value && !turn.is_ours()) co_return set(context, found.value);
    context.variables.remove(VariableName(config_.variable));
    Outcome made = co_await config_.making.run(context, cancellation);
    if (!made.is_next()) co_return made;
    co_return co_await keep(context, *key, found.value);
  }

 private:
  Outcome set(RequestContext& context, const std::optional<Value>& value) const {
    return value ? parts::end_with_variable(context, config_.variable, *value) : Outcome::next();
  }

  /// Keeps what the policies inside have made; without it the request gets what there was.
  Task<Outcome> keep(RequestContext& context, std::string_view key, const std::optional<Value>& stale) const {
    const Value* made = context.variables.find(VariableName(config_.variable));
    if (made == nullptr) co_return fall_back(context, stale);
    const auto expires = config_.expires.integer(context, 0, parts::longest_caching_seconds);
    if (!expires) co_return Outcome::fail(expires.error());
    auto refresh = expires;
    if (config_.refresh.is_set()) refresh = config_.refresh.integer(context, 0, parts::longest_caching_seconds);
    if (!refresh) co_return Outcome::fail(refresh.error());
    auto value = store_value(*made, context);
    if (!value) co_return Outcome::fail(std::move(value.error()));
    const std::string entry =
        entry_of(milliseconds_of(context.services.clock.now() + std::chrono::seconds(*refresh)), *value);
    const auto kept = co_await context.services.cache.put(key, entry, std::chrono::seconds(*expires));
    if (!kept) context.trace("cache-value", "information", kept.error().message());
    co_return Outcome::next();
  }

  Outcome fall_back(RequestContext& context, std::optional<Value> value) const {
    if (!value && config_.fallback.is_set()) {
      auto fallback = config_.fallback.value(context);
      if (!fallback) return Outcome::fail(std::move(fallback.error()));
      value = *fallback;
    }
    return set(context, value);
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{parts::compile_value_key(element, context), context.literal(element, "variable-name"),
                context.value(element, "expires-after"),    context.value(element, "refresh-after"),
                context.value(element, "default-value"),    {}};
  if (const PolicyElement* value = element.child("value")) config.making = context.compile_children(*value);
  return make_step<CacheValue>(std::move(config));
}

}  // namespace

SLUICE_POLICY(cache_value){
    .elements = "cache-value",
    .sections = Sections::all,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Puts a value from the cache into a variable, and has it made when there is none.",
    .differs =
        "Every caching-type means the cache that the host was given. While one request makes a stale value anew, "
        "others get the stale one; a value that is absent is made by each that asks for it."};

}  // namespace sluice::policies
