// SPDX-License-Identifier: Apache-2.0
// JSON Web Keys and sets of them. Source: RFC 7517, RFC 7518 section 6, RFC 8037; threats.md J1, J4, L16.
#pragma once

#include "base/jws.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Keys that are read of one set; the rest is left alone (L16).
constexpr std::size_t most_keys_of_set = 100;

/// Reads one key, public or secret. **Errors**: why it cannot be used, as the end of a sentence that begins with "the
/// key": weak, malformed, of an unknown kind, meant for something other than verifying.
tl::expected<VerificationKey, std::string> read_jwk(const JsonValue& key);

/// The usable public keys of a set. Keys that cannot be used are skipped (RFC 7517 section 5); so are secrets, for
/// what is published is none. **Errors**: the text is no key set.
tl::expected<std::vector<VerificationKey>, std::string> read_jwk_set(std::string_view text);

}  // namespace sluice
