// SPDX-License-Identifier: Apache-2.0
// SafetyService: has texts of a running request checked by Azure AI Content Safety.
#pragma once

#include <sluice/context.hpp>

#include "ai/content_safety.hpp"

#include <string>
#include <string_view>

namespace sluice::ai {

/// What is checked, and by whom.
struct SafetyCheck {
  std::string_view backend_id;
  bool shields = false;                         ///< Prompts are checked for attacks.
  std::size_t window = max_checked_characters;  ///< Of a completion, and what windows of it have in common.
  std::size_t overlap = 0;
  SafetyRules rules;
};

class SafetyService {
 public:
  /// Calls for an analysis that one text may need; a longer text is refused.
  static constexpr std::size_t max_windows = 64;
  static constexpr std::size_t max_answer_bytes = 256 * 1024;
  static constexpr std::chrono::milliseconds call_timeout{10'000};

  /// All of it must live as long as the service is asked.
  SafetyService(RequestContext& context, const SafetyCheck& check, Cancellation& cancellation)
      : context_(context), check_(check), cancellation_(cancellation) {}

  /// Checks one text in windows. **Errors**: content_safety_blocked, for whatever reason; cancelled.
  Task<Result<void>> run(std::string_view text, std::size_t window, std::size_t overlap, bool shields);

 private:
  Task<Result<void>> ask(std::string_view path, std::string body);

  RequestContext& context_;
  const SafetyCheck& check_;
  Cancellation& cancellation_;
};

/// The error of what may not pass.
Error refused_by_safety(std::string message = {});

}  // namespace sluice::ai
