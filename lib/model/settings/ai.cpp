// SPDX-License-Identifier: Apache-2.0
// Settings of the AI gateway: what deployments can take and what models cost, each by name.
#include "model/settings/sections.hpp"

namespace sluice::model {
namespace {

constexpr std::int64_t most_tokens = std::int64_t{1} << 40;
constexpr double most_price = 1e6;

/// Reads each member of the object `name`, an object itself, with `read`.
template <class Entry, class Read>
void read_entries(ObjectReader& owner, std::string_view name, std::map<std::string, Entry>& to, Read read) {
  const JsonValue* value = owner.find(name, JsonKind::object);
  if (value == nullptr) return;
  for (const JsonMember& member : value->members) {
    if (member.name == "$comment") continue;
    ObjectReader entry(member.value, member.name, owner.report());
    read(entry, to[std::string(member.name)]);
    entry.finish(UnknownFields::error);
  }
}

void read_capacity(ObjectReader& reader, BackendCapacity& capacity) {
  capacity.tokens_per_minute = reader.integer("tokensPerMinute", 0, most_tokens).value_or(0);
  capacity.requests_per_minute = reader.integer("requestsPerMinute", 0, most_tokens).value_or(0);
}

double read_price(ObjectReader& reader, std::string_view name, double fallback) {
  const JsonValue* value = reader.find(name, JsonKind::number);
  if (value == nullptr) return fallback;
  const auto price = value->number();
  if (price && *price >= 0 && *price <= most_price) return *price;
  reader.report().error("SL5003", *value, "'" + std::string(name) + "' must be a price from 0 to 1000000",
                        "of a million tokens, for example 2.5");
  return fallback;
}

}  // namespace

void read_ai(ObjectReader& settings, AiSettings& ai) {
  read_section(settings, "ai", [&](ObjectReader& reader) {
    ai.token_limits = reader.one_of<TokenLimitMode>(
        "tokenLimits", {{"documented", TokenLimitMode::documented}, {"reservation", TokenLimitMode::reservation}},
        ai.token_limits);
    ai.ask_usage = reader.boolean("askUsage", ai.ask_usage);
    ai.spill_throttled = reader.boolean("spillThrottled", ai.spill_throttled);
    read_entries(reader, "capacities", ai.capacities, read_capacity);
    read_entries(reader, "prices", ai.prices, [](ObjectReader& entry, ModelPrice& price) {
      price.prompt = read_price(entry, "prompt", 0);
      price.cached_prompt = read_price(entry, "cachedPrompt", price.prompt);
      price.completion = read_price(entry, "completion", 0);
    });
  });
}

}  // namespace sluice::model
