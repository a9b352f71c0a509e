// SPDX-License-Identifier: Apache-2.0
// Message heads as bytes, rebuilt from parts and never copied raw (R1). Every part is checked (P7). Pure.
#pragma once

#include "http/request_head.hpp"

#include <sluice/message.hpp>
#include <sluice/transport.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// Framing of a message on its way out.
struct OutgoingFraming {
  Framing body = Framing::none;
  /// Framing::length: the length. Framing::none: written when set, left out when not (204, 304).
  std::optional<std::uint64_t> content_length;
  bool close = false;       ///< Says `Connection: close`.
  bool keep_alive = false;  ///< Says `Connection: keep-alive`, for HTTP/1.0.
};

/// Appends the head of an answer. `date`: value of Date when the answer has none. False, with `to` as it was, when
/// a status, reason, name or value may not stand in a head.
bool append_answer_head(std::string& to, const Response& response, const OutgoingFraming& framing,
                        std::string_view date);

/// How a request's body is framed: by its length where that is known.
OutgoingFraming framing_of(const OutgoingRequest& request);

/// Whether method, path, query and Host are such that they may stand in a head.
bool has_valid_target(const OutgoingRequest& request);

/// Appends the head of a request, in origin form, or with its whole URL where a proxy passes it on. False as above.
bool append_request_head(std::string& to, const OutgoingRequest& request, const OutgoingFraming& framing);

/// Body of an answer of the server itself: JSON as API Management writes it.
std::string refusal_body(int status, std::string_view message);

/// The answer of the server itself: JSON as API Management writes it. `fields`: further lines of its head.
std::string refusal_answer(int status, std::string_view message, std::string_view date, bool without_body,
                           std::string_view fields = "Connection: close\r\n");

/// Appends `size` as the line before a chunk.
void append_chunk_size(std::string& to, std::uint64_t size);

/// Appends the end of a chunked body, with those of `trailers` that may stand there (null: none). False when one holds
/// what a field may not.
bool append_last_chunk(std::string& to, const Headers* trailers);

/// Appends Date's format of RFC 9110 section 5.6.7.
void append_http_date(std::string& to, std::int64_t seconds_since_epoch);

}  // namespace sluice::http
