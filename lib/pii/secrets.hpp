// SPDX-License-Identifier: Apache-2.0
// Keys and tokens of well-known providers, JSON Web Tokens, and private keys in PEM.
#pragma once

#include "pii/found.hpp"
#include "pii/window.hpp"

namespace sluice::pii {

/// The shortest secret that is known.
inline constexpr std::size_t min_secret_bytes = 18;
/// A PEM block ends after so many bytes at the latest.
inline constexpr std::size_t max_pem_bytes = 16 * 1024;

/// A key or token that shows by its beginning whose it is, at the beginning of a word. Decided by the bytes that all of
/// its kind have; what follows them belongs to it as far as it could.
/// **Source**: the formats that the providers publish for scanners of secrets.
Found find_key(Window& window);

/// A value that shows by the name before it what it is: `AccountKey=`, `SharedAccessKey=` and the like of connection
/// strings (Azure), `aws_secret_access_key`.
Found find_named_key(Window& window);

/// A compact token: its header, decoded, begins with a member that RFC 7515, 7516 or 7519 names.
Found find_jwt(Window& window);

/// `-----BEGIN … PRIVATE KEY-----`, with the lines that follow (RFC 7468).
Found find_private_key(Window& window);

}  // namespace sluice::pii
