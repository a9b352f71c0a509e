// SPDX-License-Identifier: Apache-2.0
// The strict reading of a message head's lines into a flat index: line ends, bytes, names, sizes (R5, R6, R7, L1-L3,
// U1). No field is copied. Pure functions over bytes.
#pragma once

#include "base/field_role.hpp"
#include "http/refusal.hpp"

#include <sluice/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::http {

/// Bounds of one head.
struct HeadBounds {
  std::size_t first_line_bytes;
  std::size_t section_bytes;  ///< Names + values + 32 each.
  std::size_t lines;
};

HeadBounds request_bounds(const HttpLimits& limits);
HeadBounds answer_bounds(const HttpLimits& limits);

/// What a first look at received bytes finds.
struct HeadExtent {
  std::size_t bytes = 0;  ///< Length of the head with its empty line; 0: not complete yet.
};

/// Finds the end of the head at the start of `bytes`; the first `seen` of them were looked at before.
/// Refuses what can be no head any more although it is not complete: bare line ends, too much of it.
Checked<HeadExtent> find_head_end(std::string_view bytes, std::size_t seen, const HeadBounds& bounds);

/// A head's lines, as views into it.
struct HeadLines {
  std::string_view first_line;  ///< Without CR LF.
  std::span<Header> lines;      ///< In the order received, in the arena.
  std::uint32_t capacity = 0;   ///< Of the array that `lines` is the beginning of.
  FieldRoles roles = 0;         ///< Those of all lines.
  bool has_underscore = false;  ///< Stands in a name.
};

/// Reads every line of a complete head: CR LF, no folding, `token:`, allowed bytes, sizes. The head must live as long
/// as the arena's use.
Checked<HeadLines> read_head_lines(std::string_view head, const HeadBounds& bounds, Arena& arena);

/// The parts of a request line.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  bool http_1_0 = false;
};

/// R7: token SP target SP HTTP/1.0 or HTTP/1.1. 505 for other versions.
Checked<RequestLine> read_request_line(std::string_view line);

}  // namespace sluice::http
