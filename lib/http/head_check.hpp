// SPDX-License-Identifier: Apache-2.0
// The strict reading of a message head's lines, before any parser sees them: line ends, bytes, names, sizes
// (R5, R6, R7, L1-L3, U1). Pure functions over bytes.
#pragma once

#include "http/refusal.hpp"

#include <sluice/limits.hpp>

#include <cstddef>
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

/// A head's first line and the rest, both with their line ends.
struct HeadLines {
  std::string_view first_line;  ///< Without CR LF.
  std::string_view fields;      ///< Field lines and the empty line.
  std::size_t count = 0;        ///< Field lines.
};

/// Checks every line of a complete head: CR LF, no folding, `token:`, allowed bytes, sizes.
Checked<HeadLines> check_head_lines(std::string_view head, const HeadBounds& bounds);

/// The parts of a request line.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  bool http_1_0 = false;
};

/// R7: token SP target SP HTTP/1.0 or HTTP/1.1. 505 for other versions.
Checked<RequestLine> read_request_line(std::string_view line);

}  // namespace sluice::http
