// SPDX-License-Identifier: Apache-2.0
// Outcome: how a step of a pipeline ends.
#pragma once

#include <sluice/error.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace sluice {

/// Go on, leave with the response in the context, go on in outbound with an answer that was kept, or go to on-error.
/// Nothing else.
class [[nodiscard]] Outcome {
 public:
  static Outcome next() { return Outcome(Kind::next); }
  static Outcome respond() { return Outcome(Kind::respond); }
  /// The answer in the context is one that an outbound policy kept earlier: what is left of inbound and the backend are
  /// left out, and outbound goes on behind the first step that keeps answers (Effects::keeps_answer).
  static Outcome resume_outbound() { return Outcome(Kind::resume); }
  [[gnu::cold, gnu::noinline]] static Outcome fail(Error error) { return Outcome(std::move(error)); }
  bool is_next() const { return kind_ == Kind::next; }
  bool is_respond() const { return kind_ == Kind::respond; }
  bool is_resume() const { return kind_ == Kind::resume; }
  bool is_failure() const { return kind_ == Kind::failure; }
  Error& error() { return *error_; }

 private:
  enum class Kind : std::uint8_t { next, respond, resume, failure };
  explicit Outcome(Kind kind) : kind_(kind) {}
  explicit Outcome(Error error) : kind_(Kind::failure), error_(std::move(error)) {}
  Kind kind_;
  std::optional<Error> error_;
};

}  // namespace sluice
