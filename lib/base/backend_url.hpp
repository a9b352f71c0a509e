// SPDX-License-Identifier: Apache-2.0
// URLs that name a backend.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/error.hpp>
#include <sluice/message.hpp>

#include <string_view>

namespace sluice {

/// As `parse_url`, and `ws` and `wss` too, which are http and https until the protocol changes.
Result<Url> parse_backend_url(std::string_view text, Arena& arena);

}  // namespace sluice
