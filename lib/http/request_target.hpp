// SPDX-License-Identifier: Apache-2.0
// Request targets: origin form, absolute form and `*`, with Host, into one URL in normal form (R8, R9, P1, P2).
#pragma once

#include "base/url.hpp"
#include "http/head_check.hpp"
#include "http/refusal.hpp"

#include <optional>
#include <string_view>

namespace sluice::http {

/// Sets `request.url`. Returns the authority that counts: of an absolute target, else of Host; empty when there is
/// none (HTTP/1.0).
Checked<std::string_view> read_request_target(const RequestLine& line, std::optional<std::string_view> host,
                                              const PathRules& rules, Request& request);

}  // namespace sluice::http
