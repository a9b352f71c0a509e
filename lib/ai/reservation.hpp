// SPDX-License-Identifier: Apache-2.0
// Reservation: takes what a request may cost before it is sent, and holds the answer to it.
//
//   prompt + bound ─▶ reserved in one step ─▶ sent with that bound ─▶ settled with what was used
//   streams: prompt + a slice ─▶ sent ─▶ slice by slice while events pass ─▶ settled, or ended where none is left
//
// So that what is settled never exceeds a limit by more than an event, whoever else is under way.
#pragma once

#include <sluice/context.hpp>

#include "ai/ceiling_stream.hpp"
#include "ai/completion_bound.hpp"
#include "ai/prompt.hpp"
#include "ai/token_charge.hpp"
#include "ai/usage.hpp"
#include "ai/usual_completion.hpp"

#include <optional>

namespace sluice::ai {

class Reservation final : public TokenGrants {
 public:
  /// A request that does not say how long its answer may become takes what answers usually have; up to this much when
  /// it is only a small part of what is left, so that others can go on beside it.
  static constexpr std::int64_t default_completion_tokens = 4'096;
  static constexpr std::int64_t parts_of_what_is_left = 16;
  /// What a stream is granted at a time.
  static constexpr std::int64_t slice_tokens = 64;
  /// A stream whose limits have plenty left takes up to so many before it needs them, so that its events need not wait
  /// to be counted; a part of what is left each time.
  static constexpr std::int64_t stocked_tokens = 2'048;
  static constexpr std::int64_t parts_of_stock = 1'024;
  /// With less than that left for the answer a request is not sent.
  static constexpr std::int64_t least_completion_tokens = 16;

  /// All of it lives as long as the request.
  /// `usual`: what is known of the answers to the key.
  Reservation(RequestContext& context, TokenCharge& charge, const Prompt& prompt, std::int64_t prompt_tokens,
              UsualCompletions& usual, std::string_view key);

  /// Takes prompt and completion, or as much of the latter as is left; the request's bound is what was taken. The
  /// counter that refused, or nothing. **Errors**: those of TokenCharge.
  Task<Result<std::optional<TokenCounter>>> admit();
  /// What the answer had, for requests to come.
  void learn(const TokenUsage& usage);
  /// Holds the answer, when it is a stream.
  void hold(Response& response, AnswerWatch& watch);
  /// What an answer without a report has cost: what has passed, when it was ended.
  std::optional<std::int64_t> ended_at() const { return ended_at_; }

  Task<bool> grant(std::int64_t tokens) override;
  bool has(std::int64_t tokens) const override { return tokens <= granted_; }
  Task<void> note_passed(std::int64_t tokens) override;

 private:
  using Refused = std::optional<TokenCounter>;

  std::int64_t wanted_completion() const;
  Task<Result<Refused>> admit_open();
  /// Takes `before` and `wanted` for the completion, or as much as is left for that.
  Task<Result<Refused>> take(std::int64_t before, std::int64_t wanted);
  void lower_bound(std::int64_t tokens);

  RequestContext& context_;
  TokenCharge& charge_;
  const Prompt& prompt_;
  const std::int64_t prompt_tokens_;
  std::shared_ptr<UsualCompletion> usual_;  ///< Of a request that does not say how long.
  CompletionBound bound_;
  bool in_slices_ = false;
  bool may_stock_ = true;
  std::int64_t granted_ = 0;  ///< Of the completion.
  std::int64_t passed_ = 0;
  std::optional<std::int64_t> ended_at_;
};

}  // namespace sluice::ai
