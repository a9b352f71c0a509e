// SPDX-License-Identifier: Apache-2.0
// RecognitionService: has texts of a running request searched for personal data by Azure AI Language.
#pragma once

#include <sluice/context.hpp>

#include "pii/detector.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

/// Calls of a detecting service that one search may need; longer texts count as such that cannot be checked.
inline constexpr std::size_t max_recognition_calls = 32;

class RecognitionService {
 public:
  static constexpr std::size_t max_answer_bytes = 1u << 20;
  static constexpr std::chrono::milliseconds call_timeout{10'000};

  /// All of it must live as long as the service is asked.
  RecognitionService(RequestContext& context, std::string_view backend_id, Cancellation& cancellation)
      : context_(context), backend_id_(backend_id), cancellation_(cancellation) {}

  /// The findings in each of the texts, sorted and apart; names live in `names`. Texts that are equal are sent once.
  /// **Errors**: personal_data_blocked, and those of backends, when the service cannot tell; cancelled.
  Task<Result<std::vector<std::vector<pii::Match>>>> run(const std::vector<std::string_view>& texts, Arena& names);

 private:
  RequestContext& context_;
  std::string_view backend_id_;
  Cancellation& cancellation_;
};

}  // namespace sluice::ai
