// SPDX-License-Identifier: Apache-2.0
#include "ai/content_safety.hpp"

#include "base/json.hpp"

namespace sluice::ai {
namespace {

/// The severity that the analysis gives a category; negative when it says nothing of it.
std::int64_t severity_of(const JsonValue& analysis, std::string_view category) {
  for (const JsonValue& item : analysis.items) {
    const JsonValue* name = item.find("category");
    const JsonValue* severity = item.find("severity");
    if (name == nullptr || severity == nullptr || name->string() != category) continue;
    return severity->integer().value_or(-1);
  }
  return -1;
}

}  // namespace

std::string analyze_request(std::string_view text, const SafetyRules& rules) {
  JsonWriter json;
  json.begin_object();
  json.member("text", text);
  json.key("categories");
  json.begin_array();
  for (const SafetyCategory& category : rules.categories) json.value(category.name);
  json.end_array();
  json.key("blocklistNames");
  json.begin_array();
  for (const std::string_view list : rules.blocklists) json.value(list);
  json.end_array();
  json.member("haltOnBlocklistHit", false);
  json.member("outputType", rules.output_type);
  json.end_object();
  return std::move(json).take();
}

std::string shield_request(std::string_view text) {
  JsonWriter json;
  json.begin_object();
  json.member("userPrompt", text);
  json.key("documents");
  json.begin_array();
  json.end_array();
  json.end_object();
  return std::move(json).take();
}

SafetyVerdict judge_analysis(std::string_view text, const SafetyRules& rules) {
  Arena arena(2048);
  const auto json = parse_json(text, arena);
  if (!json || !(*json)->is_object()) return SafetyVerdict::unclear;
  if (const JsonValue* matches = (*json)->find("blocklistsMatch"); matches != nullptr && !matches->items.empty()) {
    return SafetyVerdict::blocked;
  }
  const JsonValue* analysis = (*json)->find("categoriesAnalysis");
  if (analysis == nullptr || !analysis->is_array()) return SafetyVerdict::unclear;
  SafetyVerdict verdict = SafetyVerdict::clean;
  for (const SafetyCategory& category : rules.categories) {
    const std::int64_t severity = severity_of(*analysis, category.name);
    if (severity >= category.threshold) return SafetyVerdict::blocked;
    if (severity < 0) verdict = SafetyVerdict::unclear;
  }
  return verdict;
}

SafetyVerdict judge_shield(std::string_view text) {
  Arena arena(1024);
  const auto json = parse_json(text, arena);
  if (!json) return SafetyVerdict::unclear;
  const JsonValue* attack = (*json)->at({"userPromptAnalysis", "attackDetected"});
  if (attack == nullptr || !attack->boolean()) return SafetyVerdict::unclear;
  return *attack->boolean() ? SafetyVerdict::blocked : SafetyVerdict::clean;
}

}  // namespace sluice::ai
