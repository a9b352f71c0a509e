// SPDX-License-Identifier: Apache-2.0
// One table for each kind of value: what is read is what is written.
#include "deployment_settings.hpp"

namespace sluice::simulated {
namespace {

using Settings = DeploymentSettings;

struct Number {
  std::string_view name;
  std::int64_t Settings::*member;
  std::int64_t min, max;
};
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t most = std::int64_t{1} << 40;
constexpr Number numbers[] = {{"tokensPerMinute", &Settings::tokens_per_minute, 1, most},
                              {"requestsPerMinute", &Settings::requests_per_minute, 1, most},
                              {"windowMs", &Settings::window_ms, 1, day_ms},
                              {"probeGraceMs", &Settings::probe_grace_ms, 0, day_ms},
                              {"completionTokens", &Settings::completion_tokens, 1, max_completion_tokens},
                              {"reasoningTokens", &Settings::reasoning_tokens, 0, max_completion_tokens},
                              {"cachedTokens", &Settings::cached_tokens, 0, most},
                              {"tokensPerSecond", &Settings::tokens_per_second, 0, 1'000'000},
                              {"firstTokenMs", &Settings::first_token_ms, 0, day_ms},
                              {"dimensions", &Settings::dimensions, 1, max_dimensions},
                              {"cutAfterEvents", &Settings::cut_after_events, -1, most},
                              {"errorAfterEvents", &Settings::error_after_events, -1, most}};

struct Truth {
  std::string_view name;
  bool Settings::*member;
};
constexpr Truth truths[] = {{"paceWhole", &Settings::pace_whole},
                            {"stallFirstToken", &Settings::stall_first_token},
                            {"reportsUsage", &Settings::reports_usage}};

struct Text {
  std::string_view name;
  std::string Settings::*member;
};
constexpr Text texts[] = {
    {"capacity", &Settings::capacity}, {"model", &Settings::model}, {"apiKey", &Settings::api_key}};

}  // namespace

bool DeploymentSettings::set(std::string_view name, const JsonValue& value) {
  for (const Number& row : numbers) {
    if (row.name != name) continue;
    const auto number = value.integer();
    if (!number || *number < row.min || *number > row.max) return false;
    this->*row.member = *number;
    return true;
  }
  for (const Truth& row : truths) {
    if (row.name != name) continue;
    if (!value.boolean()) return false;
    this->*row.member = *value.boolean();
    return true;
  }
  for (const Text& row : texts) {
    if (row.name != name) continue;
    if (!value.is_string()) return false;
    if (name == "capacity" && value.text != "payg" && value.text != "ptu") return false;
    this->*row.member = std::string(value.text);
    return true;
  }
  return false;
}

void DeploymentSettings::write(JsonWriter& writer) const {
  for (const Number& row : numbers) writer.member(row.name, this->*row.member);
  for (const Truth& row : truths) writer.member(row.name, this->*row.member);
  for (const Text& row : texts) writer.member(row.name, std::string_view(this->*row.member));
}

}  // namespace sluice::simulated
