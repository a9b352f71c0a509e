// SPDX-License-Identifier: Apache-2.0
// Answers as bytes for a CacheStore, and what cache-lookup and cache-store have to know of each other.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// What cache-lookup leaves for cache-store in the request's context (`RequestContext::state`).
struct AnswerCaching {
  explicit AnswerCaching(Arena&) {}
  std::string_view key;         ///< Empty: this request's answer is not kept.
  std::string_view downstream;  ///< What the caller may do with it: `private, must-revalidate`; empty: nothing is said.
};

/// The head of an answer as bytes, without what is one caller's own (Set-Cookie), of one connection or of one moment
/// (Date, Age). Its body follows them in the store.
std::string write_answer_head(const Response& answer, WallTime expires);

struct KeptAnswer {
  Response answer;
  WallTime expires;
};
/// What `write_answer_head` wrote with the body behind it; all of it lives in the arena. Nothing for other bytes.
std::optional<KeptAnswer> read_answer(std::string_view bytes, Arena& arena);

/// The Cache-Control of an answer that ends then; `downstream` as above.
std::string_view cache_control(std::string_view downstream, WallTime now, WallTime expires, Arena& arena);

}  // namespace sluice
