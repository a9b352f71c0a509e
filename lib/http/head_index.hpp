// SPDX-License-Identifier: Apache-2.0
// The flat index of a message head: Boost.Beast's incremental parser reads it, its callbacks fill an array of views
// in the arena. No field is copied and nothing is allocated singly.
#pragma once

#include <sluice/message.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::http {

struct HeadIndex {
  std::span<const Header> lines;  ///< In the order received; views into the head.
  int status = 0;                 ///< Answers only.
  std::string_view reason;        ///< Answers only.
};

/// Indexes a head that `check_head_lines` has passed and that has `line_count` fields. The head must outlive the
/// arena's use. Nothing when the parser refuses it.
std::optional<HeadIndex> index_request_head(std::string_view head, std::size_t line_count, Arena& arena);
std::optional<HeadIndex> index_answer_head(std::string_view head, std::size_t line_count, Arena& arena);

}  // namespace sluice::http
