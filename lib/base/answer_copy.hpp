// SPDX-License-Identifier: Apache-2.0
// AnswerCopy: an answer's bytes for a CacheStore, taken while its body passes and without holding it back.
#pragma once

#include <sluice/context.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace sluice {

/// What whoever ends an answer before its time says, in the request's context: such an answer is not kept.
struct AnswerEnd {
  explicit AnswerEnd(Arena&) {}
  bool is_early = false;
};

class AnswerCopy {
 public:
  /// Begins to copy the answer as it is now, for bytes that expire then. Null when its body is longer than
  /// `most_bytes`; one that turns out to be longer is not copied.
  static AnswerCopy* begin(Response& answer, Arena& arena, std::size_t most_bytes, WallTime expires);

  /// Puts it into the cache. False when there is nothing to keep: no end has been seen, an early one (`AnswerEnd`), or
  /// too much.
  Task<bool> put(RequestContext& context, std::string_view key, std::chrono::milliseconds lifetime);

  AnswerCopy(std::string head, std::size_t most_bytes) : head_(std::move(head)), most_bytes_(most_bytes) {}
  void add(std::string_view data);
  void end() { is_whole_ = true; }

 private:
  std::string head_, body_;
  const std::size_t most_bytes_;
  bool is_whole_ = false;
  bool is_too_long_ = false;
};

}  // namespace sluice
