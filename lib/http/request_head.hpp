// SPDX-License-Identifier: Apache-2.0
// From the bytes of a request head to a Request: the one reading that everything after works with (R1-R9, P1-P6).
// Pure: no socket, no time.
#pragma once

#include "base/url.hpp"
#include "http/head_check.hpp"
#include "http/refusal.hpp"
#include "http/trusted_proxies.hpp"

#include <sluice/limits.hpp>
#include <sluice/message.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::http {

/// How the end of a body is known.
enum class Framing : std::uint8_t { none, length, chunked, until_close };

/// What of a request head concerns the connection and not the handler.
struct RequestFraming {
  Framing body = Framing::none;
  std::uint64_t content_length = 0;  ///< For Framing::length; more than 0.
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;
  bool is_head = false;
  bool asks_for_upgrade = false;  ///< A valid handshake for what `Request::upgrade` names.
};

/// What the rules depend on beside the bytes.
struct HeadRules {
  HttpLimits limits;
  PathRules path;
  TrustedProxies trusted;
  std::vector<HeaderName> identity_headers;
};

/// Reads a complete head into `request` (method, url, headers, client_address). `head` must live as long as the
/// request's arena; `peer` is the address of the other end.
Checked<RequestFraming> read_request_head(std::string_view head, const HeadRules& rules, std::string_view peer,
                                          Request& request);

/// The same for a head in parts, whose lines and target hold only what may stand there: what both versions of HTTP
/// agree in (H2). `body_follows`: there is a body although no field says so.
Checked<RequestFraming> take_request(const HeadLines& lines, const RequestLine& line, bool body_follows,
                                     const HeadRules& rules, std::string_view peer, Request& request);

/// R2: 1-19 digits. Nothing when it is anything else.
std::optional<std::uint64_t> read_content_length(std::string_view value);

}  // namespace sluice::http
