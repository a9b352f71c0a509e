// SPDX-License-Identifier: Apache-2.0
// The messages of Azure AI Content Safety, version 2024-09-01: what is asked and how its answer is judged. No I/O.
// Source: Azure AI Content Safety REST reference, text:analyze and text:shieldPrompt.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

inline constexpr std::string_view analyze_path = "/contentsafety/text:analyze";
inline constexpr std::string_view shield_path = "/contentsafety/text:shieldPrompt";
inline constexpr std::string_view content_safety_query = "api-version=2024-09-01";
/// The longest text that one call takes, in characters.
inline constexpr std::size_t max_checked_characters = 10'000;
inline constexpr std::int64_t max_severity = 7;

struct SafetyCategory {
  std::string_view name;       ///< `Hate`, `SelfHarm`, `Sexual`, `Violence`
  std::int64_t threshold = 0;  ///< Blocks from this severity on.
};

/// What a text is checked for.
struct SafetyRules {
  std::vector<SafetyCategory> categories;
  std::vector<std::string_view> blocklists;
  std::string_view output_type = "FourSeverityLevels";
};

std::string analyze_request(std::string_view text, const SafetyRules& rules);
std::string shield_request(std::string_view text);

/// What an answer says of a text. `unclear`: the answer is not one, or says nothing of a category that was asked for.
enum class SafetyVerdict : std::uint8_t { clean, blocked, unclear };

SafetyVerdict judge_analysis(std::string_view json, const SafetyRules& rules);
SafetyVerdict judge_shield(std::string_view json);

}  // namespace sluice::ai
