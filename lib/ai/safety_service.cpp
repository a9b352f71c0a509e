// SPDX-License-Identifier: Apache-2.0
#include "ai/safety_service.hpp"

#include "ai/service_call.hpp"
#include "ai/text_windows.hpp"

#include <vector>

namespace sluice::ai {
namespace {

constexpr std::string_view source = "llm-content-safety";

}  // namespace

Error refused_by_safety(std::string message) { return Error(ErrorCode::content_safety_blocked, std::move(message)); }

Task<Result<void>> SafetyService::run(std::string_view text, std::size_t window, std::size_t overlap, bool shields) {
  const std::vector<std::string_view> windows = text_windows(text, window, overlap);
  if (windows.size() > max_windows) co_return fail(refused_by_safety("The text is too long to be checked."));
  const bool analyzes = !check_.rules.categories.empty() || !check_.rules.blocklists.empty();
  for (const std::string_view piece : windows) {
    if (analyzes) {
      Result<void> passed = co_await ask(analyze_path, analyze_request(piece, check_.rules));
      if (!passed) co_return passed;
    }
    if (shields) {
      Result<void> passed = co_await ask(shield_path, shield_request(piece));
      if (!passed) co_return passed;
    }
  }
  co_return Result<void>();
}

Task<Result<void>> SafetyService::ask(std::string_view path, std::string body) {
  Arena memory(4096);
  const ServiceCall call{check_.backend_id,    path,
                         content_safety_query, body,
                         call_timeout,         max_answer_bytes,
                         "Content Safety",     ErrorCode::content_safety_blocked};
  Result<std::string_view> answer = co_await ask_service(context_, call, memory, cancellation_);
  if (!answer) {
    if (answer.error().code() == ErrorCode::cancelled) co_return fail(std::move(answer.error()));
    context_.trace(source, "error", answer.error().message());
    co_return fail(refused_by_safety());
  }
  const SafetyVerdict verdict = path == analyze_path ? judge_analysis(*answer, check_.rules) : judge_shield(*answer);
  if (verdict == SafetyVerdict::clean) co_return Result<void>();
  context_.trace(
      source, "information",
      verdict == SafetyVerdict::blocked ? "Content Safety found something." : "Content Safety's answer is unclear.");
  co_return fail(refused_by_safety());
}

}  // namespace sluice::ai
