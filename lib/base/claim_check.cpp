// SPDX-License-Identifier: Apache-2.0
#include "base/claim_check.hpp"

#include <algorithm>

namespace sluice {
namespace {

bool holds(std::span<const std::string_view> texts, std::string_view wanted) {
  return std::find(texts.begin(), texts.end(), wanted) != texts.end();
}

/// The claim's values, taken apart at the separator.
std::vector<std::string_view> values_of(const JsonValue& claim, std::string_view separator, Arena& arena) {
  std::vector<std::string_view> values;
  for (std::string_view text : claim_texts(claim, arena)) {
    while (!separator.empty()) {
      const std::size_t at = text.find(separator);
      if (at == std::string_view::npos) break;
      values.push_back(text.substr(0, at));
      text.remove_prefix(at + separator.size());
    }
    values.push_back(text);
  }
  return values;
}

bool is_satisfied(const ClaimRule& rule, std::span<const std::string_view> values) {
  if (rule.values.empty()) return true;
  const auto is_there = [&](std::string_view wanted) { return holds(values, wanted); };
  return rule.any ? std::any_of(rule.values.begin(), rule.values.end(), is_there)
                  : std::all_of(rule.values.begin(), rule.values.end(), is_there);
}

std::string joined(std::span<const std::string_view> texts, std::string_view separator) {
  std::string made;
  for (const std::string_view text : texts) {
    if (!made.empty()) made += separator;
    made += text;
  }
  return made;
}

}  // namespace

Result<void> check_claims(const JsonValue& payload, std::span<const ClaimRule> rules, Arena& arena) {
  std::vector<std::string_view> missing;
  for (const ClaimRule& rule : rules) {
    if (payload.find(rule.name) == nullptr) missing.push_back(rule.name);
  }
  if (!missing.empty()) {
    return fail(ErrorCode::token_claim_not_found,
                "JWT token is missing the following claims: " + joined(missing, ", ") + ". Access denied.");
  }
  for (const ClaimRule& rule : rules) {
    const JsonValue& claim = *payload.find(rule.name);
    if (is_satisfied(rule, values_of(claim, rule.separator, arena))) continue;
    return fail(ErrorCode::token_claim_value_not_allowed, "Claim " + std::string(rule.name) + " value of " +
                                                              joined(claim_texts(claim, arena), ",") +
                                                              " is not allowed. Access denied.");
  }
  return {};
}

Result<void> check_audience(const JsonValue& payload, std::span<const std::string_view> audiences) {
  const JsonValue* claim = payload.find("aud");
  const auto is_allowed = [&](const JsonValue& value) { return value.is_string() && holds(audiences, value.text); };
  if (claim != nullptr && (is_allowed(*claim) || std::any_of(claim->items.begin(), claim->items.end(), is_allowed))) {
    return {};
  }
  return fail(ErrorCode::token_audience_not_allowed, "The token's audience is not allowed. Access denied.");
}

std::string_view text_claim(const JsonValue& payload, std::string_view name) {
  const JsonValue* claim = payload.find(name);
  return claim != nullptr && claim->is_string() ? claim->text : std::string_view();
}

}  // namespace sluice
