// SPDX-License-Identifier: Apache-2.0
// The head of a request as HTTP/2 sends it. Every part is checked (P7). Pure. Format: RFC 9113 section 8.3.
#pragma once

#include "http/h2_fields.hpp"

#include <sluice/transport.hpp>

#include <optional>

namespace sluice::http {

/// The fields of `request`, which lives until they are submitted: Host as `:authority`, nothing of HTTP/1's
/// connections, `te: trailers`, the length of its body where it is known; secrets never indexed. Nothing when something
/// may not stand in a head.
std::optional<H2FieldList> make_request_fields(const OutgoingRequest& request, Arena& arena);

/// What of `trailers` may follow a body. Nothing as above.
std::optional<H2FieldList> make_trailer_fields(const Headers& trailers, Arena& arena);

}  // namespace sluice::http
