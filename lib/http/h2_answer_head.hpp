// SPDX-License-Identifier: Apache-2.0
// Answers as HTTP/2 carries them. Pure.
#pragma once

#include "http/h2_fields.hpp"

#include <sluice/message.hpp>

#include <optional>
#include <string_view>

namespace sluice::http {

/// The fields of an answer's head, in the answer's arena. `date`: value of Date when the answer has none. Nothing when
/// a status, name or value may not stand in a head (P7).
std::optional<H2FieldList> make_answer_fields(const Response& response, bool is_head_request, std::string_view date);

/// The fields behind an answer's body that may travel. `trailers` may be null. Nothing as above.
std::optional<H2FieldList> make_trailer_fields(const Headers* trailers, Arena& arena);

/// True for answers that end with their head.
inline bool is_bodiless(int status, bool is_head_request) { return is_head_request || status == 204 || status == 304; }

}  // namespace sluice::http
