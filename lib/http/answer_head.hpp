// SPDX-License-Identifier: Apache-2.0
// From the bytes of a backend's answer head to a Response (U1, U2, L8). Pure.
#pragma once

#include "http/head_check.hpp"
#include "http/request_head.hpp"

#include <sluice/limits.hpp>
#include <sluice/message.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::http {

/// What of an answer head concerns the connection.
struct AnswerFraming {
  int status = 0;
  Framing body = Framing::none;
  std::uint64_t content_length = 0;
  bool reusable = true;  ///< The connection may carry another request once this answer has been read whole.
};

/// The status in an answer's first line; nothing when it is none.
std::optional<int> answer_status(std::string_view first_line);

/// Reads a complete head into `response` (status, reason, end-to-end headers). `head` lives as long as the arena of
/// `response`. The refusal's message says what is wrong with the answer; its status means nothing.
Checked<AnswerFraming> read_answer_head(std::string_view head, const HttpLimits& limits, std::string_view method,
                                        Response& response);

/// The same for a head that came in HTTP/2: its lines, checked as such, and its status. Without a length the body ends
/// with the stream (`until_close`).
Checked<AnswerFraming> read_h2_answer_head(int status, const HeadLines& lines, bool to_head, Response& response);

}  // namespace sluice::http
