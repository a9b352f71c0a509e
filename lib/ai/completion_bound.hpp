// SPDX-License-Identifier: Apache-2.0
// CompletionBound: how long an answer a request asks for, and the same request with another bound. An edit is a splice:
// every other byte of the body stays what it was.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::ai {

/// Bounds beyond this are taken for none.
inline constexpr std::int64_t most_completion_tokens = 1'000'000'000;

struct CompletionBound {
  std::string_view field;              ///< The member that bounds, or would; empty: the request asks for no words.
  std::optional<std::int64_t> tokens;  ///< Of each choice; nothing when the request does not say, or nonsense.
  std::int64_t choices = 1;            ///< Answers that are asked for at once (`n`), at least 1.
  std::string_view value;              ///< The bound's text within the body; empty: the member is not there.
};

/// `request`: parsed from `body`. `path`: of the request's URL, which tells embeddings and responses from chats.
CompletionBound completion_bound_of(const JsonValue& request, std::string_view body, std::string_view path);

/// `body`, which `bound` was read from, with `tokens` for each choice.
std::string_view with_completion_bound(std::string_view body, const CompletionBound& bound, std::int64_t tokens,
                                       Arena& arena);

/// Whether a model spends completion tokens that its answer does not show.
bool reasons_out_of_sight(std::string_view model);

}  // namespace sluice::ai
