// SPDX-License-Identifier: Apache-2.0
// How much work a PKCS #12 file wants for its password to be tried; for lib/base/crypto* alone. The file itself says
// so, and it may come from a policy's expression. Source: RFC 7292.
#pragma once

#include <openssl/pkcs12.h>

#include <cstdint>
#include <string>

namespace sluice {

/// Rounds of hashing for one file, over all its parts. Common tools write some thousands for each.
constexpr std::uint64_t most_pkcs12_rounds = 1'000'000;

/// Whether opening it stays within that. Parts that cannot be judged count as too much.
bool is_worth_opening(const PKCS12& file, const std::string& password);

}  // namespace sluice
